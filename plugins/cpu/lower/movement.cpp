// SPDX-License-Identifier: Apache-2.0
//
// Operators that only move data: Identity, Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Slice, Pad,
// Concat. They work on quantized tensors as they are, and cost nothing where the bytes stay in place.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plugins/cpu/lower/operators.hpp"
#include "plugins/cpu/lower/quantization.hpp"

namespace mtc::cpu {
namespace {

/// A copy over the ONNX axes, placed in the last loops, in the order of the output's bytes.
Result<Move::Copy> copy_loops(const onnx::NodeProto& node, const Shape& extent, const Shape& in,
                              const Shape& out) {
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < extent.size(); ++i) {
    if (extent[i] != 1) axes.push_back(i);
  }
  if (axes.size() > Move::kRank) return unsupported(node, node.op_type() + " over more than 5 axes");
  std::ranges::stable_sort(axes, [&](std::size_t a, std::size_t b) { return out[a] > out[b]; });
  Move::Copy copy;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t at = Move::kRank - axes.size() + i;
    copy.extent[at] = extent[axes[i]];
    copy.in_stride[at] = in[axes[i]];
    copy.out_stride[at] = out[axes[i]];
  }
  return copy;
}

/// starts, ends, axes, steps of a Slice: attributes before opset 10, inputs after.
Result<std::vector<std::int64_t>> slice_list(Context& context, const onnx::NodeProto& node, int input,
                                             const std::string& attribute) {
  if (context.opset() < 10) return model::attribute(node, attribute, std::vector<std::int64_t>{});
  if (!has_input(node, input)) return std::vector<std::int64_t>{};
  return context.constant_integers(node.input(input));
}

/// [before…, after…] of a Pad: an attribute before opset 11, an input after.
Result<std::vector<std::int64_t>> pad_list(Context& context, const onnx::NodeProto& node) {
  if (context.opset() < 11) return model::attribute(node, "pads", std::vector<std::int64_t>{});
  return context.constant_integers(node.input(1));
}

template <class T>
Result<T> only_value(const onnx::NodeProto& node, const std::vector<T>& values) {
  if (values.size() != 1) return invalid(node, "the value of Pad is not a scalar");
  return values[0];
}

Result<float> pad_value(Context& context, const onnx::NodeProto& node) {
  if (context.opset() < 11) return model::attribute(node, "value", 0.0F);
  if (!has_input(node, 2)) return 0.0F;
  MTC_ASSIGN(const auto values, context.constant_floats(node.input(2)));
  return only_value(node, values);
}

/// The value of a Pad of uint8 tensors.
Result<std::int64_t> pad_code(Context& context, const onnx::NodeProto& node) {
  if (!has_input(node, 2)) return 0;
  MTC_ASSIGN(const auto values, context.constant_integers(node.input(2)));
  MTC_ASSIGN(const std::int64_t code, only_value(node, values));
  if (code < 0 || code > 255) return invalid(node, "the value of Pad is outside of uint8");
  return code;
}

/// What Pad works on, and what it writes around it: an element of that tensor's type.
struct Padding {
  Value value;
  float fill = 0;
};

/// The padding of a quantized tensor stays quantized where its fill is one of the quantized values.
Result<Padding> padding_of(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  const Tensor tensor = context.tensor(value.tensor);
  if (tensor.type == Type::u8 && !value.dequantized) {
    MTC_ASSIGN(const std::int64_t code, pad_code(context, node));
    return Padding{value, static_cast<float>(code)};
  }
  MTC_ASSIGN(const float fill, pad_value(context, node));
  if (!value.dequantized) return Padding{value, fill};
  const int code = quantized(fill, tensor.quant);
  if (dequantized(code, tensor.quant) == fill) return Padding{value, static_cast<float>(code)};
  MTC_ASSIGN(const std::size_t real, context.as_float(node.input(0)));
  return Padding{Value{real, false}, fill};
}

/// A value whose bytes can be moved as they are.
std::size_t add_moved(Context& context, const onnx::NodeProto& node, const Value& value, Shape shape,
                      Layout layout) {
  const Tensor from = context.tensor(value.tensor);
  const auto output = context.add_tensor(node.output(0), from.type, std::move(shape), layout, from.quant);
  context.bind(node.output(0), Value{output, value.dequantized});
  return output;
}

}  // namespace

Result<void> lower_reshape(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  MTC_ASSIGN(Shape shape, context.shape(node.output(0)));
  const std::size_t input = context.in_layout(value.tensor, Layout::dense);
  if (elements(shape) != elements(context.tensor(input).shape)) {
    return invalid(node, "input and output have different numbers of elements");
  }
  const auto output = context.alias(input, node.output(0), std::move(shape), Layout::dense);
  context.bind(node.output(0), Value{output, value.dequantized});
  return {};
}

Result<void> lower_identity(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  context.bind(node.output(0), value);
  return {};
}

Result<void> lower_transpose(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  const Tensor from = context.tensor(value.tensor);
  std::vector<std::int64_t> reversed;
  for (std::size_t i = from.shape.size(); i-- > 0;) reversed.push_back(static_cast<std::int64_t>(i));
  const auto perm = model::attribute(node, "perm", reversed);
  if (perm.size() != from.shape.size()) return invalid(node, "perm has another rank than the input");
  const Shape own = strides(from.shape, from.layout);
  Shape shape;
  Shape in;
  for (const auto axis : perm) {
    if (axis < 0 || static_cast<std::size_t>(axis) >= own.size())
      return invalid(node, "perm is out of range");
    shape.push_back(from.shape[static_cast<std::size_t>(axis)]);
    in.push_back(own[static_cast<std::size_t>(axis)]);
  }
  for (const Layout layout : {Layout::dense, Layout::nhwc}) {
    if (layout == Layout::nhwc && shape.size() != 4) continue;
    const Shape out = strides(shape, layout);
    bool same = true;
    for (std::size_t i = 0; i < shape.size(); ++i) same = same && (shape[i] == 1 || out[i] == in[i]);
    if (!same) continue;
    const auto output = context.alias(value.tensor, node.output(0), shape, layout);
    context.bind(node.output(0), Value{output, value.dequantized});
    return {};
  }
  MTC_ASSIGN(const auto copy, copy_loops(node, shape, in, strides(shape, Layout::dense)));
  const auto output = add_moved(context, node, value, shape, Layout::dense);
  context.add_layer(model::describe(node), {value.tensor}, output, Move{{copy}});
  return {};
}

Result<void> lower_slice(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  const Tensor from = context.tensor(value.tensor);
  MTC_ASSIGN(const auto starts, slice_list(context, node, 1, "starts"));
  MTC_ASSIGN(auto axes, slice_list(context, node, 3, "axes"));
  MTC_ASSIGN(auto steps, slice_list(context, node, 4, "steps"));
  const auto rank = static_cast<std::int64_t>(from.shape.size());
  for (std::size_t i = axes.size(); i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  steps.resize(starts.size(), 1);
  MTC_ASSIGN(const Shape shape, context.shape(node.output(0)));
  if (shape.size() != from.shape.size()) return invalid(node, "the output has another rank than the input");
  Shape in = strides(from.shape, from.layout);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + rank : axes[i]);
    if (axis >= in.size() || steps[i] == 0) return invalid(node, "axes or steps are out of range");
    const std::int64_t extent = from.shape[axis];
    const std::int64_t start = std::clamp<std::int64_t>(starts[i] < 0 ? starts[i] + extent : starts[i], 0,
                                                        steps[i] < 0 ? extent - 1 : extent);
    const std::int64_t last = start + (shape[axis] - 1) * steps[i];
    if (last < 0 || last >= extent) return invalid(node, "the slice reaches outside of its input");
    offset += start * in[axis];
    in[axis] *= steps[i];
  }
  MTC_ASSIGN(auto copy, copy_loops(node, shape, in, strides(shape, from.layout)));
  copy.in_offset = offset;
  const auto output = add_moved(context, node, value, shape, from.layout);
  context.add_layer(model::describe(node), {value.tensor}, output, Move{{copy}});
  return {};
}

Result<void> lower_pad(Context& context, const onnx::NodeProto& node) {
  if (model::attribute(node, "mode", std::string("constant")) != "constant") {
    return unsupported(node, "Pad with another mode than constant");
  }
  MTC_ASSIGN(const auto pads, pad_list(context, node));
  MTC_ASSIGN(const Padding padding, padding_of(context, node));
  const Value value = padding.value;
  const Tensor from = context.tensor(value.tensor);
  MTC_ASSIGN(const Shape shape, context.shape(node.output(0)));
  const std::size_t rank = from.shape.size();
  if (pads.size() != 2 * rank || shape.size() != rank)
    return invalid(node, "pads has not two elements for each axis");
  const Shape in = strides(from.shape, from.layout);
  const Shape out = strides(shape, from.layout);
  // Negative pads crop: the copied range of the input starts later, that of the output at 0.
  Shape extent = from.shape;
  Move move;
  std::int64_t in_offset = 0;
  std::int64_t out_offset = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    extent[i] += std::min<std::int64_t>(pads[i], 0) + std::min<std::int64_t>(pads[rank + i], 0);
    if (extent[i] < 1) return unsupported(node, "Pad that leaves nothing of its input");
    in_offset += std::max<std::int64_t>(-pads[i], 0) * in[i];
    out_offset += std::max<std::int64_t>(pads[i], 0) * out[i];
  }
  MTC_ASSIGN(auto copy, copy_loops(node, extent, in, out));
  copy.in_offset = in_offset;
  copy.out_offset = out_offset;
  move.copies.push_back(copy);
  move.fill = extent != shape;
  move.fill_value = padding.fill;
  const auto output = add_moved(context, node, value, shape, from.layout);
  context.add_layer(model::describe(node), {value.tensor}, output, std::move(move));
  return {};
}

Result<void> lower_concat(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Shape shape, context.shape(node.output(0)));
  std::int64_t axis = model::attribute(node, "axis", std::int64_t{1});
  if (axis < 0) axis += static_cast<std::int64_t>(shape.size());
  if (axis < 0 || static_cast<std::size_t>(axis) >= shape.size())
    return invalid(node, "axis is out of range");
  std::vector<Value> values;
  for (const auto& name : node.input()) {
    MTC_ASSIGN(const Value value, context.value(name));
    values.push_back(value);
  }
  if (values.empty()) return invalid(node, "Concat has no inputs");
  const Value first_value = values[0];
  const Tensor first = context.tensor(first_value.tensor);
  const bool as_they_are = std::ranges::all_of(values, [&](const Value& value) {
    const Tensor& tensor = context.tensor(value.tensor);
    return value.dequantized && tensor.quant == first.quant;
  });
  Move move;
  std::vector<std::size_t> inputs;
  bool nhwc = shape.size() == 4;
  for (int i = 0; i < node.input_size(); ++i) {
    std::size_t id = values[static_cast<std::size_t>(i)].tensor;
    if (!as_they_are) {
      MTC_ASSIGN(id, context.as_float(node.input(i)));
    }
    inputs.push_back(id);
    nhwc = nhwc &&
           (context.tensor(id).layout == Layout::nhwc || same_bytes_in_any_layout(context.tensor(id).shape));
  }
  const Layout layout = nhwc ? Layout::nhwc : Layout::dense;
  const Shape out = strides(shape, layout);
  std::int64_t at = 0;
  for (const auto id : inputs) {
    const Tensor& from = context.tensor(id);
    MTC_ASSIGN(auto copy, copy_loops(node, from.shape, strides(from.shape, from.layout), out));
    copy.out_offset = at * out[static_cast<std::size_t>(axis)];
    at += from.shape[static_cast<std::size_t>(axis)];
    move.copies.push_back(copy);
  }
  if (at != shape[static_cast<std::size_t>(axis)]) return invalid(node, "the inputs do not fill the output");
  const Value kind = as_they_are ? first_value : Value{inputs.front(), false};
  const auto output = add_moved(context, node, kind, shape, layout);
  context.add_layer(model::describe(node), std::move(inputs), output, std::move(move));
  return {};
}

}  // namespace mtc::cpu
