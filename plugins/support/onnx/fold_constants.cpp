// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/fold_constants.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "plugins/support/onnx/constant_evaluation.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::model {
namespace {

using Values = std::unordered_map<std::string, ConstantValue>;

/// Operators that the evaluation knows and that only ever see small or weight tensors: anything else is not
/// read.
bool may_fold(const onnx::NodeProto& node) {
  static const std::set<std::string> kOperators{
      "Constant",  "Shape", "Gather",          "Concat", "Unsqueeze", "Squeeze", "Reshape",
      "Transpose", "Slice", "ConstantOfShape", "Add",    "Sub",       "Mul",     "Div",
      "Neg",       "Abs",   "Floor",           "Ceil",   "Sqrt",      "Cast"};
  return node.output_size() == 1 && kOperators.contains(node.op_type());
}

/// Fully static shapes by tensor name, from annotations and declarations.
std::unordered_map<std::string, std::vector<std::int64_t>> static_shapes(const onnx::GraphProto& graph) {
  std::unordered_map<std::string, std::vector<std::int64_t>> shapes;
  const auto add = [&](const onnx::ValueInfoProto& info) {
    if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return;
    std::vector<std::int64_t> shape;
    for (const auto& dim : info.type().tensor_type().shape().dim()) {
      if (dim.dim_value() <= 0) return;  // Some exporters write -1 or 0 for an unknown extent.
      shape.push_back(dim.dim_value());
    }
    shapes[info.name()] = shape;
  };
  for (const auto& info : graph.input()) add(info);
  for (const auto& info : graph.value_info()) add(info);
  for (const auto& info : graph.output()) add(info);
  return shapes;
}

/// Shape (with start and end of Shape-15) of a tensor whose extents are all known.
ConstantValue shape_value(const onnx::NodeProto& node, const std::vector<std::int64_t>& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = bound(attribute(node, "start", std::int64_t{0}));
  const std::int64_t end = std::max(start, bound(attribute(node, "end", rank)));
  const std::vector<std::int64_t> part(shape.begin() + start, shape.begin() + end);
  const std::vector<std::int64_t> extent{end - start};
  return *constant_value(make_tensor<std::int64_t>("", extent, std::span<const std::int64_t>(part)));
}

class Folder {
 public:
  Folder(const onnx::ModelProto& model, const onnx::GraphProto& annotated)
      : graph_(model.graph()), opset_(opset(model)), shapes_(static_shapes(annotated)) {
    for (const auto& tensor : graph_.initializer()) initializers_.emplace(tensor.name(), &tensor);
  }

  /// The output of `node`, if it is known; remembered for the nodes after it.
  const ConstantValue* fold(const onnx::NodeProto& node) {
    auto value = known_shape(node);
    if (!value) value = evaluated(node);
    if (!value) return nullptr;
    return &(values_[node.output(0)] = std::move(*value));
  }

 private:
  std::optional<ConstantValue> known_shape(const onnx::NodeProto& node) const {
    if (node.op_type() != "Shape") return std::nullopt;
    const auto found = shapes_.find(node.input(0));
    if (found != shapes_.end()) return shape_value(node, found->second);
    const auto tensor = initializers_.find(node.input(0));
    if (tensor == initializers_.end()) return std::nullopt;
    return shape_value(node, {tensor->second->dims().begin(), tensor->second->dims().end()});
  }

  std::optional<ConstantValue> evaluated(const onnx::NodeProto& node) {
    std::vector<const ConstantValue*> inputs;
    for (const auto& name : node.input()) {
      inputs.push_back(name.empty() ? nullptr : constant(name));
      if (!name.empty() && inputs.back() == nullptr) return std::nullopt;
    }
    return evaluate(node, opset_, inputs);
  }

  const ConstantValue* constant(const std::string& name) {
    if (const auto found = values_.find(name); found != values_.end()) return &found->second;
    const auto tensor = initializers_.find(name);
    if (tensor == initializers_.end()) return nullptr;
    auto value = constant_value(*tensor->second);
    return value ? &(values_[name] = std::move(*value)) : nullptr;
  }

  const onnx::GraphProto& graph_;
  int opset_;
  std::unordered_map<std::string, std::vector<std::int64_t>> shapes_;
  std::unordered_map<std::string, const onnx::TensorProto*> initializers_;
  Values values_;
};

/// One pass over the graph; returns how many nodes became initializers.
Result<int> fold_once(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  onnx::ModelProto annotated = model;
  if (opset(model) <= 17) MTC_TRY(annotate_shapes(annotated));
  MTC_ASSIGN(const auto index, GraphIndex::build(graph));
  Folder folder(model, annotated.graph());
  std::vector<onnx::TensorProto> made;
  std::set<std::string> gone;
  for (const auto* node : index.order()) {
    if (!may_fold(*node)) continue;
    const auto* value = folder.fold(*node);
    if (value == nullptr) continue;
    gone.insert(node->output(0));
    made.push_back(value->proto(node->output(0)));
  }
  for (int i = graph.node_size() - 1; i >= 0; --i) {
    const auto& node = graph.node(i);
    if (node.output_size() == 1 && gone.contains(node.output(0))) graph.mutable_node()->DeleteSubrange(i, 1);
  }
  for (auto& tensor : made) *graph.add_initializer() = std::move(tensor);
  return static_cast<int>(made.size());
}

bool is_transparent(const onnx::NodeProto& node, const GraphIndex& index, int opset) {
  if (node.op_type() == "Identity") return true;
  if (node.op_type() != "Dropout" || opset < 7) return false;
  if (node.output_size() > 1 && !node.output(1).empty() &&
      (!index.consumers(node.output(1)).empty() || index.is_output(node.output(1)))) {
    return false;
  }
  if (node.input_size() < 3 || node.input(2).empty()) return true;
  const auto* training = index.constant(node.input(2));
  if (training == nullptr) return false;
  const auto list = values<bool>(*training);
  return list && list->size() == 1 && !list->front();
}

bool has_subgraphs(const onnx::GraphProto& graph) {
  return std::any_of(graph.node().begin(), graph.node().end(), [](const auto& node) {
    return std::any_of(node.attribute().begin(), node.attribute().end(), [](const auto& attribute) {
      return attribute.has_g() || attribute.graphs_size() > 0;
    });
  });
}

void rename(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
  for (auto& node : *graph.mutable_node()) {
    for (auto& name : *node.mutable_input()) {
      if (name == from) name = to;
    }
  }
}

/// Takes out `graph.node(position)`, whose output equals its input; false where names of the interface forbid
/// it.
bool bypass(onnx::GraphProto& graph, int position, const GraphIndex& index) {
  const std::string in = graph.node(position).input(0);
  const std::string out = graph.node(position).output(0);
  if (!index.is_output(out)) {
    graph.mutable_node()->DeleteSubrange(position, 1);
    rename(graph, out, in);
    return true;
  }
  if (index.producer(in) == nullptr || index.is_output(in)) return false;
  graph.mutable_node()->DeleteSubrange(position, 1);
  for (auto& node : *graph.mutable_node()) {
    for (auto& name : *node.mutable_output()) {
      if (name == in) name = out;
    }
  }
  rename(graph, in, out);
  return true;
}

/// Removes Identity and Dropout. Graphs with subgraphs are left alone: their names reach into other scopes.
Result<int> remove_transparent(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  if (has_subgraphs(graph)) return 0;
  int removed = 0;
  for (int i = 0; i < graph.node_size();) {
    const std::string& type = graph.node(i).op_type();
    if (type != "Identity" && type != "Dropout") {
      ++i;
      continue;
    }
    MTC_ASSIGN(const auto index, GraphIndex::build(graph));
    if (is_transparent(graph.node(i), index, opset(model)) && bypass(graph, i, index)) {
      ++removed;
    } else {
      ++i;
    }
  }
  return removed;
}

}  // namespace

Result<int> fold_known_values(onnx::ModelProto& model) {
  int total = 0;
  for (;;) {
    MTC_ASSIGN(const int folded, fold_once(model));
    if (folded == 0) return total;
    total += folded;
  }
}

Result<int> fold_constants(onnx::ModelProto& model) {
  MTC_ASSIGN(const int removed, remove_transparent(model));
  MTC_ASSIGN(const int folded, fold_known_values(model));
  remove_unused(model);
  return removed + folded;
}

}  // namespace mtc::model
