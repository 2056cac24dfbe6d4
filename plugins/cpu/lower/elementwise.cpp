// SPDX-License-Identifier: Apache-2.0
//
// Add, Sub, Mul, Div (7/13/14) with broadcasting, unary activations, Softmax (1…13).
#include <algorithm>
#include <utility>

#include "plugins/cpu/lower/operators.hpp"
#include "plugins/cpu/lower/quantization.hpp"

namespace mtc::cpu {
namespace {

/// Strides of `tensor` on the axes of `out`, 0 where it is broadcast.
Shape broadcast_strides(const Tensor& tensor, const Shape& out) {
  const Shape own = strides(tensor.shape, tensor.layout);
  Shape result(out.size(), 0);
  const std::size_t skip = out.size() - own.size();
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (tensor.shape[i] != 1) result[skip + i] = own[i];
  }
  return result;
}

/// The loops of `out`, in the order of its bytes, axes that run on without a gap merged.
Result<Binary> broadcast_loops(const onnx::NodeProto& node, const Tensor& a, const Tensor& b,
                               const Shape& out, Layout layout) {
  const Shape stride_a = broadcast_strides(a, out);
  const Shape stride_b = broadcast_strides(b, out);
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < out.size(); ++i) axes.push_back(i);
  if (layout == Layout::nhwc) axes = {0, 2, 3, 1};
  std::vector<std::size_t> kept;
  std::vector<std::int64_t> extent;
  for (const auto axis : axes) {
    if (out[axis] == 1) continue;
    if (!kept.empty() && stride_a[kept.back()] == stride_a[axis] * out[axis] &&
        stride_b[kept.back()] == stride_b[axis] * out[axis]) {
      kept.back() = axis;
      extent.back() *= out[axis];
      continue;
    }
    kept.push_back(axis);
    extent.push_back(out[axis]);
  }
  if (kept.size() > 4) return unsupported(node, node.op_type() + " that broadcasts over more than 4 axes");
  Binary binary;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::size_t at = 4 - kept.size() + i;
    binary.extent[at] = extent[i];
    binary.stride_a[at] = stride_a[kept[i]];
    binary.stride_b[at] = stride_b[kept[i]];
  }
  return binary;
}

/// Layout of the result: that of an operand of the full shape, the first one preferred.
Layout result_layout(const Tensor& a, const Tensor& b, const Shape& out) {
  if (a.shape == out && a.layout == Layout::nhwc) return Layout::nhwc;
  if (b.shape == out && b.layout == Layout::nhwc) return Layout::nhwc;
  return Layout::dense;
}

/// Relu or Clip that no product absorbed: a table on a quantized tensor whose result is quantized, else in
/// float.
Result<void> lower_clamp(Context& context, const onnx::NodeProto& node, const Clamp& first) {
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  MTC_ASSIGN(const Epilogue epilogue, absorb_epilogue(context, node, value.dequantized));
  const Clamp clamp = combined(first, epilogue.clamp);
  std::size_t input = value.tensor;
  if (!epilogue.quant) {
    MTC_ASSIGN(input, context.as_float(node.input(0)));
  }
  const Tensor from = context.tensor(input);
  const auto output = add_result(context, epilogue, from.shape, from.layout);
  if (!epilogue.quant) {
    context.add_layer(model::describe(node), {input}, output, Unary{Unary::Kind::clamp, clamp, 0});
    return {};
  }
  Lookup lookup;
  for (int q = 0; q < 256; ++q) {
    const float real = std::min(std::max(dequantized(q, from.quant), clamp.low), clamp.high);
    lookup.table.push_back(static_cast<std::uint8_t>(quantized(real, *epilogue.quant)));
  }
  context.add_layer(model::describe(node), {input}, output, std::move(lookup));
  return {};
}

Result<void> lower_function(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const std::size_t input, context.as_float(node.input(0)));
  Unary unary;
  if (node.op_type() == "LeakyRelu") {
    unary.kind = Unary::Kind::leaky_relu;
    unary.alpha = model::attribute(node, "alpha", 0.01F);
  } else {
    unary.kind = node.op_type() == "Sigmoid" ? Unary::Kind::sigmoid : Unary::Kind::tanh;
  }
  const Tensor from = context.tensor(input);
  const auto output = context.add_tensor(node.output(0), Type::f32, from.shape, from.layout);
  context.bind(node.output(0), output);
  context.add_layer(model::describe(node), {input}, output, unary);
  return {};
}

}  // namespace

Result<void> lower_binary(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(Shape out, context.shape(node.output(0)));
  MTC_ASSIGN(const Value left, context.value(node.input(0)));
  MTC_ASSIGN(const Value right, context.value(node.input(1)));
  const bool integer = node.op_type() == "Add" && left.dequantized && right.dequantized;
  MTC_ASSIGN(const Epilogue epilogue, absorb_epilogue(context, node, integer));
  std::size_t a = left.tensor;
  std::size_t b = right.tensor;
  if (!epilogue.quant) {
    MTC_ASSIGN(a, context.as_float(node.input(0)));
    MTC_ASSIGN(b, context.as_float(node.input(1)));
  }
  const Layout layout = result_layout(context.tensor(a), context.tensor(b), out);
  MTC_ASSIGN(Binary binary, broadcast_loops(node, context.tensor(a), context.tensor(b), out, layout));
  binary.kind = node.op_type() == "Add"   ? Binary::Kind::add
                : node.op_type() == "Sub" ? Binary::Kind::sub
                : node.op_type() == "Mul" ? Binary::Kind::mul
                                          : Binary::Kind::div;
  binary.clamp = epilogue.clamp;
  binary.q_low = epilogue.q_low;
  binary.q_high = epilogue.q_high;
  const auto output = add_result(context, epilogue, std::move(out), layout);
  context.add_layer(model::describe(node), {a, b}, output, std::move(binary));
  return {};
}

Result<void> lower_unary(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const auto clamp, clamp_of(context, node));
  if (!clamp && (node.op_type() == "Relu" || node.op_type() == "Clip")) {
    return unsupported(node, "Clip with limits that are not constant");
  }
  return clamp ? lower_clamp(context, node, *clamp) : lower_function(context, node);
}

Result<void> lower_softmax(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(std::size_t input, context.as_float(node.input(0)));
  const Shape shape = context.tensor(input).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const bool flattened = context.opset() < 13;  // Before 13 all axes from `axis` on are one.
  std::int64_t axis = model::attribute(node, "axis", std::int64_t{flattened ? 1 : -1});
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return invalid(node, "axis is out of range");
  Softmax softmax;
  Layout layout = context.tensor(input).layout;
  if (layout == Layout::nhwc && axis == 1 && !flattened) {
    softmax.length = shape[1];
    softmax.outer = elements(shape) / shape[1];
  } else {
    input = context.in_layout(input, Layout::dense);
    layout = Layout::dense;
    for (std::int64_t i = 0; i < rank; ++i) {
      auto& part = i < axis ? softmax.outer : (i == axis || flattened) ? softmax.length : softmax.inner;
      part *= shape[static_cast<std::size_t>(i)];
    }
  }
  const auto output = context.add_tensor(node.output(0), Type::f32, shape, layout);
  context.bind(node.output(0), output);
  context.add_layer(model::describe(node), {input}, output, softmax);
  return {};
}

}  // namespace mtc::cpu
