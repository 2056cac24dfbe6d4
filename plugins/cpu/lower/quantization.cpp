// SPDX-License-Identifier: Apache-2.0
//
// QuantizeLinear and DequantizeLinear, and their absorption into the layers around them.
#include "plugins/cpu/lower/quantization.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "plugins/cpu/lower/operators.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::cpu {
namespace {

/// All of `name`'s readers when they are QuantizeLinear nodes of one scale and zero point and no one else
/// reads it.
Result<std::optional<Quant>> common_quantization(Context& context, const std::string& name,
                                                 std::vector<const onnx::NodeProto*>& nodes) {
  nodes.clear();
  if (context.index().is_output(name)) return std::optional<Quant>();
  std::optional<Quant> common;
  for (const auto* consumer : context.index().consumers(name)) {
    if (consumer->op_type() != "QuantizeLinear" || consumer->input(0) != name) return std::optional<Quant>();
    MTC_ASSIGN(const Quant quant, activation_quant(context, *consumer));
    if (common && !(*common == quant)) return std::optional<Quant>();
    common = quant;
    nodes.push_back(consumer);
  }
  return common;
}

/// The weight, bias or other constant behind a DequantizeLinear.
Result<void> lower_quantized_constant(Context& context, const onnx::NodeProto& node,
                                      const onnx::TensorProto& data) {
  QuantizedConstant constant;
  constant.shape.assign(data.dims().begin(), data.dims().end());
  constant.data_type = data.data_type();
  MTC_ASSIGN(constant.values, model::values<std::int64_t>(data));
  MTC_ASSIGN(constant.scale, context.constant_floats(node.input(1)));
  const auto axis = model::attribute(node, "axis", std::int64_t{1});
  const auto rank = static_cast<std::int64_t>(constant.shape.size());
  if (constant.scale.size() > 1) {
    constant.axis = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    if (constant.axis >= constant.shape.size() ||
        constant.scale.size() != static_cast<std::size_t>(constant.shape[constant.axis])) {
      return invalid(node, "the scale has " + std::to_string(constant.scale.size()) +
                               " elements, not one for each index of axis " + std::to_string(axis));
    }
  }
  std::vector<std::int64_t> zero_points = {0};
  if (has_input(node, 2)) {
    MTC_ASSIGN(zero_points, context.constant_integers(node.input(2)));
  }
  if (std::ranges::any_of(zero_points, [&](auto zero) { return zero != zero_points.front(); })) {
    return unsupported(node, "weights with a zero point for each channel");
  }
  const bool per_tensor_u8 = data.data_type() == onnx::TensorProto::UINT8 && constant.scale.size() == 1;
  if (per_tensor_u8) {
    std::vector<std::byte> bytes;
    for (const auto value : constant.values) bytes.push_back(static_cast<std::byte>(value));
    const Quant quant{constant.scale[0], static_cast<int>(zero_points.front())};
    const auto id = context.add_constant(node.input(0), Type::u8, constant.shape, std::move(bytes), quant);
    context.bind(node.output(0), Value{id, true});
  }
  for (auto& value : constant.values) value -= zero_points.front();
  context.bind_quantized(node.output(0), std::move(constant));
  return {};
}

}  // namespace

int quantized(float value, const Quant& quant) {
  const float low = static_cast<float>(-quant.zero_point);
  const float high = static_cast<float>(255 - quant.zero_point);
  const float scaled = std::clamp(value / quant.scale, low, high);
  return static_cast<int>(std::nearbyint(scaled)) + quant.zero_point;
}

float dequantized(int q, const Quant& quant) {
  return static_cast<float>(q - quant.zero_point) * quant.scale;
}

Result<Quant> activation_quant(const Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const auto scale, context.constant_floats(node.input(1)));
  if (scale.size() != 1) return unsupported(node, "activations with a scale for each channel");
  if (!(scale[0] > 0.0F) || !std::isfinite(scale[0])) {
    return invalid(node, "the scale is not a positive number", "quantize the model again");
  }
  Quant quant{scale[0], 0};
  if (has_input(node, 2)) {
    const auto* tensor = context.index().constant(node.input(2));
    if (tensor == nullptr || tensor->data_type() != onnx::TensorProto::UINT8) {
      return unsupported(node, "activations of another quantized type than uint8");
    }
    MTC_ASSIGN(const auto zero, model::values<std::int64_t>(*tensor));
    if (zero.size() != 1) return unsupported(node, "activations with a zero point for each channel");
    quant.zero_point = static_cast<int>(zero[0]);
  }
  return quant;
}

Result<std::optional<Clamp>> clamp_of(const Context& context, const onnx::NodeProto& node) {
  Clamp clamp;
  if (node.op_type() == "Relu") {
    clamp.low = 0;
    return std::optional(clamp);
  }
  if (node.op_type() != "Clip") return std::optional<Clamp>();
  if (context.opset() < 11) {
    clamp.low = model::attribute(node, "min", clamp.low);
    clamp.high = model::attribute(node, "max", clamp.high);
    return std::optional(clamp);
  }
  for (const int i : {1, 2}) {
    if (!has_input(node, i)) continue;
    if (!context.is_constant(node.input(i))) return std::optional<Clamp>();
    MTC_ASSIGN(const auto limit, context.constant_floats(node.input(i)));
    if (limit.size() != 1) return invalid(node, "a limit of Clip is not a scalar");
    (i == 1 ? clamp.low : clamp.high) = limit[0];
  }
  return std::optional(clamp);
}

Clamp combined(const Clamp& first, const Clamp& second) {
  const auto apply = [&](float value) { return std::min(std::max(value, second.low), second.high); };
  return Clamp{apply(first.low), apply(first.high)};
}

Result<Epilogue> absorb_epilogue(Context& context, const onnx::NodeProto& node, bool quantize) {
  Epilogue epilogue;
  epilogue.name = node.output(0);
  while (const auto* consumer = context.only_consumer(epilogue.name)) {
    if (consumer->input(0) != epilogue.name) break;
    MTC_ASSIGN(const auto clamp, clamp_of(context, *consumer));
    if (!clamp) break;
    epilogue.clamp = combined(epilogue.clamp, *clamp);
    epilogue.name = consumer->output(0);
    context.mark_done(consumer);
  }
  epilogue.names = {epilogue.name};
  if (!quantize) return epilogue;
  std::vector<const onnx::NodeProto*> nodes;
  MTC_ASSIGN(epilogue.quant, common_quantization(context, epilogue.name, nodes));
  if (!epilogue.quant) return epilogue;
  epilogue.q_low = quantized(epilogue.clamp.low, *epilogue.quant);
  epilogue.q_high = quantized(epilogue.clamp.high, *epilogue.quant);
  epilogue.names.clear();
  for (const auto* consumer : nodes) {
    context.mark_done(consumer);
    epilogue.names.push_back(consumer->output(0));
  }
  epilogue.name = epilogue.names.front();
  return epilogue;
}

std::size_t add_result(Context& context, const Epilogue& epilogue, Shape shape, Layout layout) {
  const auto id = context.add_tensor(epilogue.name, epilogue.quant ? Type::u8 : Type::f32, std::move(shape),
                                     layout, epilogue.quant.value_or(Quant{}));
  for (const auto& name : epilogue.names) context.bind(name, id);
  return id;
}

Result<void> lower_quantize(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Quant quant, activation_quant(context, node));
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  const Tensor from = context.tensor(value.tensor);
  if (from.type == Type::u8 && from.quant == quant) {
    context.bind(node.output(0), value.tensor);
    return {};
  }
  const auto output = context.add_tensor(node.output(0), Type::u8, from.shape, from.layout, quant);
  context.bind(node.output(0), output);
  if (from.type == Type::f32) {
    context.add_layer(model::describe(node), {value.tensor}, output, Quantize{});
    return {};
  }
  Lookup lookup;
  for (int q = 0; q < 256; ++q) {
    lookup.table.push_back(static_cast<std::uint8_t>(quantized(dequantized(q, from.quant), quant)));
  }
  context.add_layer(model::describe(node), {value.tensor}, output, std::move(lookup));
  return {};
}

Result<void> lower_dequantize(Context& context, const onnx::NodeProto& node) {
  if (const auto* data = context.index().constant(node.input(0))) {
    return lower_quantized_constant(context, node, *data);
  }
  MTC_ASSIGN(const Quant quant, activation_quant(context, node));
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  const Tensor from = context.tensor(value.tensor);
  if (from.type != Type::u8) return invalid(node, "the input of DequantizeLinear is a float tensor");
  std::size_t id = value.tensor;
  if (!(from.quant == quant)) {
    id = context.alias(value.tensor, from.name, from.shape, from.layout);
    context.tensor(id).quant = quant;
  }
  context.bind(node.output(0), Value{id, true});
  return {};
}

}  // namespace mtc::cpu
