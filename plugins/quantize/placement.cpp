// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/placement.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "plugins/quantize/eligibility.hpp"
#include "plugins/support/onnx/graph.hpp"

namespace mtc::quantize {
namespace {

bool standard(const onnx::NodeProto& node) { return node.domain().empty() || node.domain() == "ai.onnx"; }

/// Carries one decision after the other; see place().
class Placer {
 public:
  Placer(const onnx::GraphProto& graph, const model::GraphIndex& index, const Scheme& scheme,
         const std::set<std::string>& floats)
      : graph_(graph), index_(index), scheme_(scheme), floats_(floats) {
    for (int i = 0; i < graph.node_size(); ++i) {
      number_[&graph.node(i)] = i;
      for (const auto& output : graph.node(i).output()) producer_[output] = i;
    }
  }

  Placement run() {
    choose_nodes();
    join_movers();
    mark_integer_made();
    collect_groups();
    return std::move(placement_);
  }

 private:
  void choose_nodes() {
    for (const auto* node : index_.order()) {
      if (!standard(*node) || std::ranges::find(scheme_.inputs, node->op_type()) == scheme_.inputs.end())
        continue;
      if (floats_.count(node->output(0)) == 0) continue;  // shape arithmetic
      const auto reason = reason_to_stay_float(*node, index_);
      if (!reason.empty()) {
        placement_.left_float.push_back({model::describe(*node), reason});
        continue;
      }
      for (const auto& input : activation_inputs(*node, index_)) find(input);
      placement_.nodes.push_back({number_.at(node), model::describe(*node), final_output(*node)});
    }
  }

  /// The output of `node`, or that of the Relu or Clip which alone reads it.
  std::string final_output(const onnx::NodeProto& node) const {
    const auto& output = node.output(0);
    const auto readers = index_.consumers(output);
    const bool fused = readers.size() == 1 && !index_.is_output(output) && standard(*readers[0]) &&
                       is_activation_function(*readers[0], index_);
    return fused ? readers[0]->output(0) : output;
  }

  /// Backwards, so that a chain of movers joins from its end.
  void join_movers() {
    const auto& order = index_.order();
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      const auto& node = **at;
      if (!standard(node) || node.output_size() == 0 || parent_.count(node.output(0)) == 0) continue;
      if (!moves_values(node, index_)) continue;
      for (const auto& input : moved_inputs(node)) parent_[find(input)] = find(node.output(0));
      placement_.movers.insert(number_.at(&node));
    }
  }

  void mark_integer_made() {
    std::set<int> integer;
    for (const auto& node : placement_.nodes) integer.insert(node.index);
    integer.insert(placement_.movers.begin(), placement_.movers.end());
    for (const auto* node : index_.order()) {
      const bool computes = integer.count(number_.at(node)) != 0;
      const bool follows = standard(*node) && is_activation_function(*node, index_) &&
                           placement_.integer_made.count(node->input(0)) != 0;
      if (computes || follows) placement_.integer_made.insert(node->output(0));
    }
  }

  void collect_groups() {
    std::map<std::string, std::size_t> group_of;
    const auto visit = [&](const std::string& tensor) {
      if (parent_.count(tensor) == 0) return;
      const auto [at, fresh] = group_of.try_emplace(find(tensor), placement_.groups.size());
      if (fresh) placement_.groups.emplace_back();
      auto& group = placement_.groups[at->second];
      group.tensors.push_back(tensor);
      const auto made = producer_.find(tensor);
      if (made != producer_.end() && placement_.movers.count(made->second) != 0) return;
      if (group.roots.empty()) group.name = tensor;
      group.roots.push_back(tensor);
    };
    for (const auto* input : model::real_inputs(graph_)) visit(input->name());
    for (const auto* node : index_.order()) {
      for (const auto& output : node->output()) visit(output);
    }
  }

  /// The representative of `tensor`'s group, which becomes a group of one when it has none.
  std::string find(const std::string& tensor) {
    auto& parent = parent_.try_emplace(tensor, tensor).first->second;
    if (parent == tensor) return tensor;
    const std::string root = find(parent);
    parent_[tensor] = root;
    return root;
  }

  const onnx::GraphProto& graph_;
  const model::GraphIndex& index_;
  const Scheme& scheme_;
  const std::set<std::string>& floats_;
  std::map<const onnx::NodeProto*, int> number_;
  std::map<std::string, int> producer_;
  std::map<std::string, std::string> parent_;
  Placement placement_;
};

}  // namespace

Result<Placement> place(const onnx::ModelProto& model, const Scheme& scheme,
                        const std::set<std::string>& floats) {
  const auto& graph = model.graph();
  for (const auto& node : graph.node()) {
    if (node.op_type() != "QuantizeLinear" && node.op_type() != "DequantizeLinear") continue;
    return Error{Code::invalid_argument, "the model is quantized already", model::describe(node),
                 "start from the float model"};
  }
  MTC_ASSIGN(const auto index, model::GraphIndex::build(graph));
  auto placement = Placer(graph, index, scheme, floats).run();
  if (placement.nodes.empty()) {
    const std::string example = placement.left_float.empty()
                                    ? "it has no operator of target.quant.inputs"
                                    : placement.left_float[0].node + ": " + placement.left_float[0].reason;
    return Error{Code::invalid_argument,
                 "no node of the model can be quantized: " + example,
                 {},
                 "compile it as float instead"};
  }
  return placement;
}

}  // namespace mtc::quantize
