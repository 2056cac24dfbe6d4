// SPDX-License-Identifier: Apache-2.0
//
// Constants of integer and float products. The scale of the accumulator is formed in float32, left to right:
// (sx * sw) / sy.
#include "plugins/cpu/lower/quantized_product.hpp"

#include <cmath>
#include <limits>

namespace mtc::cpu {
namespace {

constexpr float kBiasScaleTolerance = 1e-5F;

Result<void> check_bias(const onnx::NodeProto& node, const QuantizedConstant& bias,
                        const QuantizedConstant& weight, std::size_t channels, float input_scale) {
  const auto one_or = [&](std::size_t count) { return count == 1 || count == channels; };
  if (bias.values.size() != channels || !one_or(bias.scale.size()) || !one_or(weight.scale.size()))
    return invalid(node, "bias and scales have not one element for each output channel");
  for (std::size_t i = 0; i < bias.values.size(); ++i) {
    const float expected = input_scale * weight.scale_at(i);
    if (std::fabs(bias.scale_at(i) - expected) > kBiasScaleTolerance * expected) {
      return invalid(node, "the bias is quantized at another scale than input scale * weight scale",
                     "quantize the model with the scheme of this target");
    }
  }
  return {};
}

/// Largest |accumulator| of any output channel: |bias| + sum over the weights of 255 |w|.
double largest_accumulator(const Conv& conv) {
  const std::size_t channels = conv.q_bias.size();
  double largest = 0;
  for (const auto bias : conv.q_bias) largest = std::max(largest, std::fabs(static_cast<double>(bias)));
  return largest + 255.0 * 127.0 * static_cast<double>(conv.q_weights.size() / channels);
}

}  // namespace

Result<bool> is_quantized_product(Context& context, const onnx::NodeProto& node,
                                  const ProductInputs& inputs) {
  if (context.is_constant(inputs.input)) return false;
  MTC_ASSIGN(const Value value, context.value(inputs.input));
  const auto* weight = context.quantized_constant(inputs.weight);
  if (!value.dequantized || weight == nullptr || weight->data_type != onnx::TensorProto::INT8) return false;
  if (weight->scale.size() > 1 && weight->axis != inputs.channel_axis) return false;
  for (const auto q : weight->values) {
    if (q < -127 || q > 127) {
      return invalid(node, "a quantized weight is outside of -127..127",
                     "quantize the model with the scheme of this target");
    }
  }
  if (inputs.bias.empty()) return true;
  const auto* bias = context.quantized_constant(inputs.bias);
  if (bias == nullptr || bias->data_type != onnx::TensorProto::INT32) return false;
  if (inputs.channel_axis >= weight->shape.size()) return invalid(node, "the weight has no axis of channels");
  const auto channels = static_cast<std::size_t>(weight->shape[inputs.channel_axis]);
  MTC_TRY(check_bias(node, *bias, *weight, channels, context.tensor(value.tensor).quant.scale));
  return true;
}

Result<std::size_t> product_input(Context& context, const ProductInputs& inputs, bool integer) {
  if (!integer) return context.as_float(inputs.input);
  MTC_ASSIGN(const Value value, context.value(inputs.input));
  return value.tensor;
}

Result<void> fill_quantized(Context& context, const onnx::NodeProto& node, const ProductInputs& inputs,
                            const Epilogue& epilogue, Conv& conv) {
  MTC_ASSIGN(const Value value, context.value(inputs.input));
  const auto channels = static_cast<std::size_t>(conv.out_channels);
  const float input_scale = context.tensor(value.tensor).quant.scale;
  const QuantizedConstant& weight = *context.quantized_constant(inputs.weight);
  for (const auto q : weight.values) conv.q_weights.push_back(static_cast<std::int8_t>(q));
  conv.q_bias.assign(channels, 0);
  if (!inputs.bias.empty()) {
    const QuantizedConstant& bias = *context.quantized_constant(inputs.bias);
    for (std::size_t i = 0; i < channels; ++i) conv.q_bias[i] = static_cast<std::int32_t>(bias.values[i]);
  }
  if (largest_accumulator(conv) > static_cast<double>(std::numeric_limits<std::int32_t>::max())) {
    return unsupported(node, "a product whose 32-bit accumulator may overflow");
  }
  for (std::size_t i = 0; i < channels; ++i) {
    const float product = input_scale * weight.scale_at(i);
    conv.scale.push_back(epilogue.quant ? product / epilogue.quant->scale : product);
  }
  conv.clamp = epilogue.clamp;
  conv.q_low = epilogue.q_low;
  conv.q_high = epilogue.q_high;
  return {};
}

Result<void> fill_float(Context& context, const onnx::NodeProto& node, const ProductInputs& inputs,
                        const Epilogue& epilogue, Conv& conv) {
  MTC_ASSIGN(conv.weights, context.constant_floats(inputs.weight));
  conv.bias.assign(static_cast<std::size_t>(conv.out_channels), 0.0F);
  if (!inputs.bias.empty()) {
    MTC_ASSIGN(auto bias, context.constant_floats(inputs.bias));
    if (bias.size() == 1) bias.assign(conv.bias.size(), bias[0]);
    if (bias.size() != conv.bias.size()) {
      return unsupported(node, "a bias that has not one element for each output channel");
    }
    conv.bias = std::move(bias);
  }
  conv.clamp = epilogue.clamp;
  return {};
}

}  // namespace mtc::cpu
