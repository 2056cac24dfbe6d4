// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/weight_rewrite.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "plugins/quantize/weights.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::quantize {
namespace {

/// The float constants of one node, read out.
struct Constants {
  std::string weight_name;
  std::vector<std::int64_t> shape;
  int axis = 0;  ///< Output channels.
  ChannelLayout layout;
  std::vector<float> weight;
  std::vector<float> bias;  ///< One a channel; empty when there is none.
};

/// Source: ONNX Conv-11 (W [M, C/group, k…]), Gemm-13 (B [K, N] or transposed), MatMul-13 (B [K, N]).
int output_axis(const onnx::NodeProto& node) {
  if (node.op_type() == "Conv") return 0;
  if (node.op_type() == "Gemm" && model::attribute(node, "transB", std::int64_t{0}) != 0) return 0;
  return 1;
}

const onnx::TensorProto* find_constant(const onnx::GraphProto& graph, const std::string& name) {
  for (const auto& tensor : graph.initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  for (const auto& node : graph.node()) {
    if (node.op_type() != "Constant" || node.output(0) != name) continue;
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == "value") return &attribute.t();
    }
  }
  return nullptr;
}

Result<Constants> read_constants(const onnx::GraphProto& graph, const onnx::NodeProto& node) {
  Constants constants;
  constants.weight_name = node.input(1);
  const auto* weight = find_constant(graph, constants.weight_name);
  constants.shape.assign(weight->dims().begin(), weight->dims().end());
  constants.axis = output_axis(node);
  for (int i = 0; i < weight->dims_size(); ++i) {
    const auto extent = static_cast<std::size_t>(weight->dims(i));
    if (i < constants.axis) constants.layout.outer *= extent;
    if (i == constants.axis) constants.layout.channels = extent;
    if (i > constants.axis) constants.layout.inner *= extent;
  }
  MTC_ASSIGN(constants.weight, model::values<float>(*weight));
  if (node.input_size() > 2 && !node.input(2).empty()) {
    MTC_ASSIGN(constants.bias, model::values<float>(*find_constant(graph, node.input(2))));
    if (constants.bias.size() == 1) constants.bias.assign(constants.layout.channels, constants.bias[0]);
  }
  return constants;
}

class WeightRewriter {
 public:
  WeightRewriter(onnx::GraphProto& graph, const Scheme& scheme) : graph_(graph), scheme_(scheme) {}

  Result<void> rewrite(const QuantizedNode& quantized, float input_scale) {
    auto& node = *graph_.mutable_node(quantized.index);
    MTC_ASSIGN(const auto constants, read_constants(graph_, node));
    const auto scales =
        channel_scales(constants.weight, constants.layout, constants.bias, input_scale, scheme_);
    node.set_input(1, weight(constants, scales));
    if (!constants.bias.empty()) node.set_input(2, bias(node, constants, scales, input_scale));
    const auto [low, high] = std::ranges::minmax(scales);
    result_.weights.push_back({constants.weight_name, quantized.node, scales.size(), low, high});
    return {};
  }

  /// Readers that do not compute on integers (an embedding's Gather): they take the same codes, so that no
  /// float copy stays behind.
  RewrittenWeights finish() {
    std::map<std::string, std::string> replaced;
    for (const auto& [key, dequantized] : known_) replaced.try_emplace(key.first, dequantized);
    for (auto& node : *graph_.mutable_node()) {
      for (auto& input : *node.mutable_input()) {
        const auto found = replaced.find(input);
        if (found != replaced.end()) input = found->second;
      }
    }
    return std::move(result_);
  }

 private:
  std::string weight(const Constants& constants, const std::vector<float>& scales) {
    const auto [at, fresh] = known_.try_emplace({constants.weight_name, scales});
    if (!fresh) return at->second;
    const auto codes = quantize_weights(constants.weight, constants.layout, scales, scheme_);
    const auto base = model::unique_name(graph_, constants.weight_name + "_quantized");
    *graph_.add_initializer() = model::make_tensor<std::int8_t>(base, constants.shape, codes);
    const auto zero = add(base + "_zero_point", std::vector<std::int8_t>(scales.size(), 0));
    const auto scale = add(base + "_scale", scales);
    return at->second = dequantize({base, scale, zero}, constants.weight_name, constants.axis);
  }

  std::string bias(const onnx::NodeProto& node, const Constants& constants, const std::vector<float>& scales,
                   float input_scale) {
    std::vector<float> bias_scales(scales);
    for (auto& scale : bias_scales) scale *= input_scale;
    const auto name = node.output(0) + "_bias";
    const auto codes = add(name + "_quantized", quantize_bias(constants.bias, bias_scales));
    const auto zero = add(name + "_zero_point", std::vector<std::int32_t>(scales.size(), 0));
    const auto scale = add(name + "_scale", bias_scales);
    return dequantize({codes, scale, zero}, name, 0);
  }

  template <class T>
  std::string add(const std::string& base, const std::vector<T>& values) {
    const auto name = model::unique_name(graph_, base);
    const std::array shape{static_cast<std::int64_t>(values.size())};
    *graph_.add_initializer() = model::make_tensor<T>(name, shape, values);
    return name;
  }

  std::string dequantize(const std::array<std::string, 3>& inputs, const std::string& base, int axis) {
    auto name = model::unique_name(graph_, base + "_dequantized");
    while (!used_.insert(name).second) name += "_";
    onnx::NodeProto node;
    node.set_op_type("DequantizeLinear");
    node.set_name(name);
    for (const auto& input : inputs) node.add_input(input);
    node.add_output(name);
    auto& attribute = *node.add_attribute();
    attribute.set_name("axis");
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(axis);
    result_.nodes.push_back(std::move(node));
    return name;
  }

  onnx::GraphProto& graph_;
  const Scheme& scheme_;
  RewrittenWeights result_;
  std::set<std::string> used_;  ///< Outputs of nodes that are not in the graph yet.
  std::map<std::pair<std::string, std::vector<float>>, std::string> known_;
};

}  // namespace

Result<RewrittenWeights> rewrite_weights(onnx::GraphProto& graph, const Placement& placement,
                                         const std::map<std::string, float>& input_scales,
                                         const Scheme& scheme) {
  WeightRewriter rewriter(graph, scheme);
  for (const auto& quantized : placement.nodes) {
    const auto& node = graph.node(quantized.index);
    const bool weighted = node.op_type() == "Conv" || node.op_type() == "Gemm" ||
                          (node.op_type() == "MatMul" && find_constant(graph, node.input(1)) != nullptr);
    if (weighted) MTC_TRY(rewriter.rewrite(quantized, input_scales.at(node.input(0))));
  }
  return rewriter.finish();
}

}  // namespace mtc::quantize
