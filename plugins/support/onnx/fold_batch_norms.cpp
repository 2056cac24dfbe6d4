// SPDX-License-Identifier: Apache-2.0
//
// BatchNormalization into the weights of the Conv or Gemm before it.
#include <optional>
#include <span>
#include <unordered_set>

#include "plugins/support/onnx/batch_norm.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::model {
namespace {

/// What one fold needs; the node pointers are into the graph.
struct Match {
  const onnx::NodeProto* linear = nullptr;
  const onnx::NodeProto* norm = nullptr;
  Affine affine;
};

/// Axis of the weight that counts output channels, or nothing where the node cannot take a fold.
std::optional<int> channel_axis(const onnx::NodeProto& linear) {
  if (linear.op_type() == "Conv") return 0;
  if (linear.op_type() != "Gemm") return std::nullopt;
  return attribute(linear, "transB", std::int64_t{0}) != 0 ? 0 : 1;
}

Result<std::optional<Match>> match(const onnx::NodeProto& norm, const GraphIndex& index) {
  const auto nothing = std::optional<Match>();
  if (!is_inference_form(norm)) return nothing;
  const auto* linear = index.producer(norm.input(0));
  if (linear == nullptr || index.is_output(norm.input(0)) || index.consumers(norm.input(0)).size() != 1) {
    return nothing;
  }
  const auto axis = channel_axis(*linear);
  if (!axis || linear->input_size() < 2) return nothing;
  const auto* weight = index.constant(linear->input(1));
  if (weight == nullptr || weight->data_type() != onnx::TensorProto::FLOAT || weight->dims_size() <= *axis) {
    return nothing;
  }
  const std::int64_t channels = weight->dims(*axis);
  if (linear->input_size() > 2 && !linear->input(2).empty()) {
    const auto* bias = index.constant(linear->input(2));
    if (bias == nullptr || bias->data_type() != onnx::TensorProto::FLOAT) return nothing;
    const std::int64_t count = elements(*bias);
    const bool per_channel = bias->dims_size() == 0 || bias->dims(bias->dims_size() - 1) == count;
    if (!per_channel || (count != 1 && count != channels)) return nothing;
  }
  MTC_ASSIGN(auto affine, affine_of(norm, index));
  if (!affine || static_cast<std::int64_t>(affine->scale.size()) != channels) return nothing;
  return std::optional(Match{linear, &norm, std::move(*affine)});
}

Result<std::vector<float>> scaled_weight(const onnx::TensorProto& weight, int axis, const Affine& affine) {
  MTC_ASSIGN(const auto old, values<double>(weight));
  std::size_t inner = 1;
  for (int i = axis + 1; i < weight.dims_size(); ++i) inner *= static_cast<std::size_t>(weight.dims(i));
  std::vector<float> scaled(old.size());
  for (std::size_t i = 0; i < old.size(); ++i) {
    scaled[i] = static_cast<float>(old[i] * affine.scale[i / inner % affine.scale.size()]);
  }
  return scaled;
}

Result<std::vector<float>> folded_bias(const onnx::NodeProto& linear, const GraphIndex& index,
                                       const Affine& affine) {
  std::vector<double> old(1, 0.0);
  if (linear.input_size() > 2 && !linear.input(2).empty()) {
    MTC_ASSIGN(old, values<double>(*index.constant(linear.input(2))));
  }
  const double beta = linear.op_type() == "Gemm" ? static_cast<double>(attribute(linear, "beta", 1.0F)) : 1.0;
  std::vector<float> bias(affine.scale.size());
  for (std::size_t c = 0; c < bias.size(); ++c) {
    bias[c] = static_cast<float>(beta * old[old.size() == 1 ? 0 : c] * affine.scale[c] + affine.shift[c]);
  }
  return bias;
}

/// Puts `tensor` into the graph: in place of input `slot` of `node` where nobody else reads that initializer,
/// else under a new name.
void replace_constant(onnx::GraphProto& graph, const GraphIndex& index, onnx::NodeProto& node, int slot,
                      const std::string& base, onnx::TensorProto tensor) {
  while (node.input_size() <= slot) node.add_input("");
  const std::string old = node.input(slot);
  if (!old.empty() && index.consumers(old).size() == 1 && !index.is_output(old)) {
    for (auto& initializer : *graph.mutable_initializer()) {
      if (initializer.name() != old) continue;
      tensor.set_name(old);
      initializer = std::move(tensor);
      return;
    }
  }
  tensor.set_name(unique_name(graph, base));
  node.set_input(slot, tensor.name());
  *graph.add_initializer() = std::move(tensor);
}

onnx::NodeProto* writable(onnx::GraphProto& graph, const onnx::NodeProto* node) {
  for (auto& candidate : *graph.mutable_node()) {
    if (&candidate == node) return &candidate;
  }
  return nullptr;
}

Result<void> apply(onnx::GraphProto& graph, const GraphIndex& index, const Match& found) {
  auto& linear = *writable(graph, found.linear);
  const auto& old_weight = *index.constant(linear.input(1));
  MTC_ASSIGN(const auto weight, scaled_weight(old_weight, channel_axis(linear).value_or(0), found.affine));
  MTC_ASSIGN(const auto bias, folded_bias(linear, index, found.affine));
  const std::vector<std::int64_t> weight_shape(old_weight.dims().begin(), old_weight.dims().end());
  const std::vector<std::int64_t> bias_shape{static_cast<std::int64_t>(bias.size())};
  const std::string output = found.norm->output(0);
  replace_constant(graph, index, linear, 1, output + "_weight",
                   make_tensor<float>("", weight_shape, std::span<const float>(weight)));
  replace_constant(graph, index, linear, 2, output + "_bias",
                   make_tensor<float>("", bias_shape, std::span<const float>(bias)));
  for (auto& attribute : *linear.mutable_attribute()) {
    if (attribute.name() == "beta" && linear.op_type() == "Gemm") attribute.set_f(1.0F);
  }
  linear.set_output(0, output);
  return {};
}

}  // namespace

Result<int> fold_batch_norms(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  MTC_ASSIGN(const auto index, GraphIndex::build(graph));
  std::vector<Match> matches;
  if (opset(model) < 7) return 0;
  for (const auto& node : graph.node()) {
    MTC_ASSIGN(auto found, match(node, index));
    if (found) matches.push_back(std::move(*found));
  }
  // A weight shared by two matches is read by two nodes, so replace_constant copies it.
  std::unordered_set<const onnx::NodeProto*> gone;
  for (const auto& found : matches) {
    MTC_TRY(apply(graph, index, found));
    gone.insert(found.norm);
  }
  for (int i = graph.node_size() - 1; i >= 0; --i) {
    if (gone.contains(&graph.node(i))) graph.mutable_node()->DeleteSubrange(i, 1);
  }
  if (!matches.empty()) remove_unused(model);
  return static_cast<int>(matches.size());
}

}  // namespace mtc::model
