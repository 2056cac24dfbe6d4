// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/tensors.hpp"

namespace mtc::model {
namespace {

using Visit = std::function<Result<void>(onnx::TensorProto&, TensorPlace)>;

Result<void> walk_graph(onnx::GraphProto& graph, const Visit& visit);

Result<void> walk_sparse(onnx::SparseTensorProto& tensor, TensorPlace place, const Visit& visit) {
  if (tensor.has_values()) MTC_TRY(visit(*tensor.mutable_values(), place));
  if (tensor.has_indices()) MTC_TRY(visit(*tensor.mutable_indices(), place));
  return {};
}

Result<void> walk_attribute(onnx::AttributeProto& attribute, const Visit& visit) {
  constexpr auto kPlace = TensorPlace::attribute;
  if (attribute.has_t()) MTC_TRY(visit(*attribute.mutable_t(), kPlace));
  for (auto& tensor : *attribute.mutable_tensors()) MTC_TRY(visit(tensor, kPlace));
  if (attribute.has_sparse_tensor()) MTC_TRY(walk_sparse(*attribute.mutable_sparse_tensor(), kPlace, visit));
  for (auto& tensor : *attribute.mutable_sparse_tensors()) MTC_TRY(walk_sparse(tensor, kPlace, visit));
  if (attribute.has_g()) MTC_TRY(walk_graph(*attribute.mutable_g(), visit));
  for (auto& graph : *attribute.mutable_graphs()) MTC_TRY(walk_graph(graph, visit));
  return {};
}

Result<void> walk_node(onnx::NodeProto& node, const Visit& visit) {
  for (auto& attribute : *node.mutable_attribute()) MTC_TRY(walk_attribute(attribute, visit));
  return {};
}

Result<void> walk_graph(onnx::GraphProto& graph, const Visit& visit) {
  constexpr auto kPlace = TensorPlace::initializer;
  for (auto& tensor : *graph.mutable_initializer()) MTC_TRY(visit(tensor, kPlace));
  for (auto& tensor : *graph.mutable_sparse_initializer()) MTC_TRY(walk_sparse(tensor, kPlace, visit));
  for (auto& node : *graph.mutable_node()) MTC_TRY(walk_node(node, visit));
  return {};
}

}  // namespace

Result<void> for_each_tensor(onnx::ModelProto& model, const Visit& visit) {
  MTC_TRY(walk_graph(*model.mutable_graph(), visit));
  for (auto& training : *model.mutable_training_info()) {
    if (training.has_initialization()) MTC_TRY(walk_graph(*training.mutable_initialization(), visit));
    if (training.has_algorithm()) MTC_TRY(walk_graph(*training.mutable_algorithm(), visit));
  }
  for (auto& function : *model.mutable_functions()) {
    for (auto& node : *function.mutable_node()) MTC_TRY(walk_node(node, visit));
  }
  return {};
}

}  // namespace mtc::model
