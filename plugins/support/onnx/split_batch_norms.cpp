// SPDX-License-Identifier: Apache-2.0
//
// BatchNormalization that stands behind no Conv or Gemm (pre-activation networks) as Mul and Add.
#include <span>
#include <utility>

#include "plugins/support/onnx/batch_norm.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::model {
namespace {

/// An initializer of shape [C, 1, 1, …] that runs along axis 1 of a tensor of `rank`; returns its name.
std::string add_channel_values(onnx::GraphProto& graph, const std::string& base,
                               const std::vector<double>& values, std::size_t rank) {
  std::vector<std::int64_t> shape = {static_cast<std::int64_t>(values.size())};
  shape.resize(rank - 1, 1);
  const std::vector<float> rounded(values.begin(), values.end());
  const std::string name = unique_name(graph, base);
  *graph.add_initializer() = make_tensor<float>(name, shape, std::span<const float>(rounded));
  return name;
}

/// `norm` becomes the Add; the Mul before it is returned.
onnx::NodeProto split(onnx::GraphProto& graph, onnx::NodeProto& norm, const Affine& affine,
                      std::size_t rank) {
  const std::string output = norm.output(0);
  const std::string product = unique_name(graph, output + "_scaled");
  onnx::NodeProto mul;
  mul.set_op_type("Mul");
  mul.set_name(norm.name().empty() ? std::string() : norm.name() + "_scale");
  mul.add_input(norm.input(0));
  mul.add_input(add_channel_values(graph, output + "_scale", affine.scale, rank));
  mul.add_output(product);
  const std::string shift = add_channel_values(graph, output + "_shift", affine.shift, rank);
  norm.set_op_type("Add");
  norm.clear_attribute();
  norm.clear_input();
  norm.add_input(product);
  norm.add_input(shift);
  return mul;
}

}  // namespace

Result<int> split_batch_norms(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  MTC_ASSIGN(const auto index, GraphIndex::build(graph));
  std::vector<std::pair<int, Affine>> found;
  for (int i = 0; i < graph.node_size(); ++i) {
    if (!is_inference_form(graph.node(i))) continue;
    MTC_ASSIGN(auto affine, affine_of(graph.node(i), index));
    if (affine) found.emplace_back(i, std::move(*affine));
  }
  if (found.empty()) return 0;
  MTC_ASSIGN(const auto shapes, infer_shapes(model));
  int split_count = 0;
  std::vector<onnx::NodeProto> products;
  for (const auto& [node, affine] : found) {
    const auto shape = shapes.find(graph.node(node).input(0));
    if (shape == shapes.end() || shape->second.size() < 2) continue;
    products.push_back(split(graph, *graph.mutable_node(node), affine, shape->second.size()));
    ++split_count;
  }
  for (auto& product : products) *graph.add_node() = std::move(product);  // GraphIndex finds the order.
  return split_count;
}

}  // namespace mtc::model
