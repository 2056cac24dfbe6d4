// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/eligibility.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::quantize {
namespace {

bool has_input(const onnx::NodeProto& node, int input) {
  return node.input_size() > input && !node.input(input).empty();
}

const onnx::TensorProto* constant_input(const onnx::NodeProto& node, int input,
                                        const model::GraphIndex& index) {
  return has_input(node, input) ? index.constant(node.input(input)) : nullptr;
}

std::string conv_reason(const onnx::NodeProto& node, const model::GraphIndex& index) {
  const auto* weight = constant_input(node, 1, index);
  if (weight == nullptr) return "its weight is not constant";
  if (weight->data_type() != onnx::TensorProto::FLOAT) return "its weight is not float32";
  if (has_input(node, 2) && constant_input(node, 2, index) == nullptr) return "its bias is not constant";
  return {};
}

std::string gemm_reason(const onnx::NodeProto& node, const model::GraphIndex& index) {
  const auto* weight = constant_input(node, 1, index);
  if (weight == nullptr) return "its matrix B is not constant";
  if (weight->data_type() != onnx::TensorProto::FLOAT) return "its matrix B is not float32";
  if (model::attribute(node, "transA", std::int64_t{0}) != 0) return "transA is set";
  if (model::attribute(node, "alpha", 1.0F) != 1.0F || model::attribute(node, "beta", 1.0F) != 1.0F) {
    return "alpha or beta is not 1";
  }
  if (!has_input(node, 2)) return {};
  const auto* bias = constant_input(node, 2, index);
  if (bias == nullptr) return "its bias is not constant";
  const bool transposed = model::attribute(node, "transB", std::int64_t{0}) != 0;
  const std::int64_t outputs = weight->dims(transposed ? 0 : 1);
  const bool one_row = bias->dims_size() < 2 || bias->dims(0) == 1;
  if (!one_row || (model::elements(*bias) != outputs && model::elements(*bias) != 1)) {
    return "its bias is no row of one value an output";
  }
  return {};
}

std::string matmul_reason(const onnx::NodeProto& node, const model::GraphIndex& index) {
  if (constant_input(node, 0, index) != nullptr) return "its left matrix is constant";
  const auto* weight = constant_input(node, 1, index);
  if (weight == nullptr) return {};
  if (weight->data_type() != onnx::TensorProto::FLOAT) return "its right matrix is not float32";
  if (weight->dims_size() != 2) return "its constant matrix is not of rank 2";
  return {};
}

std::string add_reason(const onnx::NodeProto& node, const model::GraphIndex& index) {
  if (constant_input(node, 0, index) != nullptr || constant_input(node, 1, index) != nullptr) {
    return "one operand is constant: a shift, computed in float";
  }
  return {};
}

/// Pad with mode constant and the value 0, by attribute (opset 2) or input (11 and up).
bool pads_with_zero(const onnx::NodeProto& node, const model::GraphIndex& index) {
  if (model::attribute(node, "mode", std::string("constant")) != "constant") return true;
  if (model::attribute(node, "value", 0.0F) != 0.0F) return false;
  if (!has_input(node, 2)) return true;
  const auto* value = constant_input(node, 2, index);
  if (value == nullptr) return false;
  const auto values = model::values<float>(*value);
  return values && std::ranges::all_of(*values, [](float v) { return v == 0.0F; });
}

bool indices_unused(const onnx::NodeProto& node) { return node.output_size() < 2 || node.output(1).empty(); }

}  // namespace

std::string reason_to_stay_float(const onnx::NodeProto& node, const model::GraphIndex& index) {
  const auto& op = node.op_type();
  if (has_input(node, 0) && op != "MatMul" && op != "Add" && constant_input(node, 0, index) != nullptr) {
    return "its input is constant";
  }
  if (op == "Conv") return conv_reason(node, index);
  if (op == "Gemm") return gemm_reason(node, index);
  if (op == "MatMul") return matmul_reason(node, index);
  if (op == "Add") return add_reason(node, index);
  if (op == "MaxPool" && !indices_unused(node)) return "its indices are read";
  return {};
}

std::vector<std::string> activation_inputs(const onnx::NodeProto& node, const model::GraphIndex& index) {
  if (node.op_type() == "Add") return {node.input(0), node.input(1)};
  if (node.op_type() == "MatMul" && index.constant(node.input(1)) == nullptr)
    return {node.input(0), node.input(1)};
  return {node.input(0)};
}

bool moves_values(const onnx::NodeProto& node, const model::GraphIndex& index) {
  static constexpr std::array<std::string_view, 6> kMovers{"Flatten", "Reshape",   "Transpose",
                                                           "Squeeze", "Unsqueeze", "Slice"};
  const auto& op = node.op_type();
  if (std::ranges::find(kMovers, op) != kMovers.end()) return index.constant(node.input(0)) == nullptr;
  if (op == "MaxPool") return indices_unused(node);
  if (op == "Pad") return pads_with_zero(node, index);
  if (op == "Concat") {
    return std::ranges::none_of(node.input(),
                                [&](const auto& name) { return index.constant(name) != nullptr; });
  }
  return false;
}

std::vector<std::string> moved_inputs(const onnx::NodeProto& node) {
  if (node.op_type() == "Concat") return {node.input().begin(), node.input().end()};
  return {node.input(0)};
}

bool is_activation_function(const onnx::NodeProto& node, const model::GraphIndex& index) {
  if (node.op_type() == "Relu") return true;
  if (node.op_type() != "Clip") return false;
  return (!has_input(node, 1) || constant_input(node, 1, index) != nullptr) &&
         (!has_input(node, 2) || constant_input(node, 2, index) != nullptr);
}

}  // namespace mtc::quantize
