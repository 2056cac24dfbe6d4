// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugins/quantize/prepare.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::quantize {
namespace {

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

/// The producer whose bias a constant operand of `add` can be, and that operand.
struct Shift {
  const onnx::NodeProto* producer = nullptr;
  const onnx::TensorProto* operand = nullptr;
};

/// True when `operand` has `extent` values along the axis that lies `from_end` before the last (0 = the
/// last), and extent 1 elsewhere.
bool runs_along(const onnx::TensorProto& operand, std::int64_t extent, int from_end) {
  if (operand.data_type() != onnx::TensorProto::FLOAT || operand.dims_size() <= from_end) return false;
  const int axis = operand.dims_size() - 1 - from_end;
  return operand.dims(axis) == extent && model::elements(operand) == extent;
}

bool fits_conv(const onnx::NodeProto& conv, const onnx::TensorProto& operand,
               const model::GraphIndex& index) {
  const auto* weight = index.constant(conv.input(1));
  if (weight == nullptr || weight->dims_size() < 3 || operand.dims_size() > weight->dims_size()) return false;
  if (conv.input_size() > 2 && !conv.input(2).empty() && index.constant(conv.input(2)) == nullptr)
    return false;
  return runs_along(operand, weight->dims(0), weight->dims_size() - 2);
}

bool fits_matmul(const onnx::NodeProto& matmul, const onnx::TensorProto& operand,
                 const model::GraphIndex& index, const Shapes& shapes) {
  const auto* weight = index.constant(matmul.input(1));
  const auto left = shapes.find(matmul.input(0));
  if (weight == nullptr || weight->dims_size() != 2 || operand.dims_size() > 2) return false;
  return left != shapes.end() && left->second.size() == 2 && runs_along(operand, weight->dims(1), 0);
}

std::optional<Shift> match(const onnx::NodeProto& add, const model::GraphIndex& index, const Shapes& shapes) {
  if (add.op_type() != "Add" || add.input_size() != 2) return std::nullopt;
  for (const int side : {0, 1}) {
    const auto* operand = index.constant(add.input(side));
    const auto* producer = index.producer(add.input(1 - side));
    if (operand == nullptr || producer == nullptr) continue;
    const auto& tensor = producer->output(0);
    if (index.consumers(tensor).size() != 1 || index.is_output(tensor)) continue;
    const bool fits = producer->op_type() == "Conv"     ? fits_conv(*producer, *operand, index)
                      : producer->op_type() == "MatMul" ? fits_matmul(*producer, *operand, index, shapes)
                                                        : false;
    if (fits) return Shift{producer, operand};
  }
  return std::nullopt;
}

/// The sum of the operand and the bias that `node` has, as a vector.
Result<std::vector<float>> summed_bias(const onnx::NodeProto& node, const onnx::TensorProto& operand,
                                       const model::GraphIndex& index) {
  MTC_ASSIGN(auto bias, model::values<float>(operand));
  if (node.input_size() > 2 && !node.input(2).empty()) {
    MTC_ASSIGN(const auto old, model::values<float>(*index.constant(node.input(2))));
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] += old[i];
  }
  return bias;
}

onnx::NodeProto* editable(onnx::GraphProto& graph, const onnx::NodeProto* node) {
  for (auto& candidate : *graph.mutable_node()) {
    if (&candidate == node) return &candidate;
  }
  return nullptr;
}

Result<void> fold(onnx::GraphProto& graph, const onnx::NodeProto& add, const Shift& shift,
                  const model::GraphIndex& index) {
  MTC_ASSIGN(const auto bias, summed_bias(*shift.producer, *shift.operand, index));
  auto* node = editable(graph, shift.producer);
  const auto name = model::unique_name(graph, node->output(0) + "_bias");
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(bias.size())};
  *graph.add_initializer() = model::make_tensor<float>(name, shape, bias);
  if (node->op_type() == "MatMul") node->set_op_type("Gemm");
  while (node->input_size() < 3) node->add_input("");
  node->set_input(2, name);
  node->set_output(0, add.output(0));
  return {};
}

/// Folds the first shift of the graph; false when there is none.
Result<bool> fold_one(onnx::ModelProto& model, const Shapes& shapes) {
  auto& graph = *model.mutable_graph();
  MTC_ASSIGN(const auto index, model::GraphIndex::build(graph));
  for (int i = 0; i < graph.node_size(); ++i) {
    const auto shift = match(graph.node(i), index, shapes);
    if (!shift) continue;
    const onnx::NodeProto add = graph.node(i);
    MTC_TRY(fold(graph, add, *shift, index));
    graph.mutable_node()->DeleteSubrange(i, 1);
    return true;
  }
  return false;
}

}  // namespace

Result<int> fold_shifts(onnx::ModelProto& model) {
  MTC_ASSIGN(const auto shapes, model::infer_shapes(model));
  int folded = 0;
  while (true) {
    MTC_ASSIGN(const bool found, fold_one(model, shapes));
    if (!found) return folded;
    ++folded;
  }
}

}  // namespace mtc::quantize
