// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/constant_evaluation.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::model {
namespace {

using Type = onnx::TensorProto;
using Shape = std::vector<std::int64_t>;
using Inputs = std::span<const ConstantValue* const>;

/// Larger constants than this stay nodes: an Expand or ConstantOfShape is smaller than what it makes.
constexpr std::int64_t kLargest = 1 << 22;

std::int64_t product(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i > 1; --i) strides[i - 2] = strides[i - 1] * shape[i - 1];
  return strides;
}

bool normalize(std::int64_t& axis, std::size_t rank) {
  if (axis < 0) axis += static_cast<std::int64_t>(rank);
  return axis >= 0 && axis < static_cast<std::int64_t>(rank);
}

/// Normalizes all; false when one is out of range or named twice.
bool normalize_all(Shape& axes, std::size_t rank) {
  for (auto& axis : axes) {
    if (!normalize(axis, rank)) return false;
  }
  Shape sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

bool has_negative(const Shape& shape) {
  return std::any_of(shape.begin(), shape.end(), [](std::int64_t extent) { return extent < 0; });
}

/// out[i0, i1, …] = in[base + Σ ik·stride_k]
ConstantValue strided_copy(const ConstantValue& in, const Shape& shape, std::int64_t base,
                           const Shape& strides) {
  ConstantValue out{in.type, shape, {}};
  const std::size_t width = in.element_bytes();
  const std::int64_t count = product(shape);
  out.bytes.reserve(static_cast<std::size_t>(count) * width);
  Shape index(shape.size(), 0);
  std::int64_t at = base;
  for (std::int64_t i = 0; i < count; ++i) {
    out.bytes.append(in.bytes, static_cast<std::size_t>(at) * width, width);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

std::optional<ConstantValue> constant(const onnx::NodeProto& node) {
  for (const auto& attribute : node.attribute()) {
    const std::string& name = attribute.name();
    const auto make = [](const onnx::TensorProto& tensor) { return constant_value(tensor); };
    if (name == "value") return make(attribute.t());
    if (name == "value_int") {
      const std::int64_t value = attribute.i();
      return make(make_tensor<std::int64_t>("", {}, std::span(&value, 1)));
    }
    if (name == "value_float") {
      const float value = attribute.f();
      return make(make_tensor<float>("", {}, std::span(&value, 1)));
    }
    const Shape shape{name == "value_ints" ? attribute.ints_size() : attribute.floats_size()};
    if (name == "value_ints") {
      const Shape list(attribute.ints().begin(), attribute.ints().end());
      return make(make_tensor<std::int64_t>("", shape, std::span<const std::int64_t>(list)));
    }
    if (name == "value_floats") {
      const std::vector<float> list(attribute.floats().begin(), attribute.floats().end());
      return make(make_tensor<float>("", shape, std::span<const float>(list)));
    }
  }
  return std::nullopt;
}

std::optional<ConstantValue> gather(const onnx::NodeProto& node, const ConstantValue& in,
                                    const ConstantValue& indices) {
  std::int64_t axis = attribute(node, "axis", std::int64_t{0});
  if (!normalize(axis, in.shape.size())) return std::nullopt;
  const auto a = static_cast<std::size_t>(axis);
  ConstantValue out{in.type, Shape(in.shape.begin(), in.shape.begin() + axis), {}};
  out.shape.insert(out.shape.end(), indices.shape.begin(), indices.shape.end());
  out.shape.insert(out.shape.end(), in.shape.begin() + axis + 1, in.shape.end());
  const auto block = static_cast<std::size_t>(strides_of(in.shape)[a]) * in.element_bytes();
  const std::int64_t outer = product(Shape(in.shape.begin(), in.shape.begin() + axis));
  const Shape list = integers(indices);
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t index : list) {
      if (index < 0) index += in.shape[a];
      if (index < 0 || index >= in.shape[a]) return std::nullopt;
      out.bytes.append(in.bytes, static_cast<std::size_t>(o * in.shape[a] + index) * block, block);
    }
  }
  return out;
}

std::optional<ConstantValue> concat(const onnx::NodeProto& node, Inputs inputs) {
  std::int64_t axis = attribute(node, "axis", std::int64_t{0});
  if (!normalize(axis, inputs[0]->shape.size())) return std::nullopt;
  const auto a = static_cast<std::size_t>(axis);
  ConstantValue out{inputs[0]->type, inputs[0]->shape, {}};
  out.shape[a] = 0;
  for (const auto* input : inputs) {
    if (input == nullptr || input->type != out.type || input->shape.size() != out.shape.size())
      return std::nullopt;
    out.shape[a] += input->shape[a];
  }
  const std::int64_t outer = product(Shape(out.shape.begin(), out.shape.begin() + axis));
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const auto* input : inputs) {
      const std::size_t block = input->bytes.size() / static_cast<std::size_t>(outer);
      out.bytes.append(input->bytes, static_cast<std::size_t>(o) * block, block);
    }
  }
  return out;
}

/// `axes` of Squeeze and Unsqueeze: an attribute up to opset 12, an input from 13.
Shape axes_of(const onnx::NodeProto& node, Inputs inputs) {
  if (inputs.size() > 1 && inputs[1] != nullptr) return integers(*inputs[1]);
  return attribute(node, "axes", Shape());
}

std::optional<ConstantValue> unsqueeze(const onnx::NodeProto& node, Inputs inputs) {
  Shape axes = axes_of(node, inputs);
  ConstantValue out = *inputs[0];
  if (!normalize_all(axes, out.shape.size() + axes.size())) return std::nullopt;
  std::sort(axes.begin(), axes.end());
  for (const auto axis : axes) out.shape.insert(out.shape.begin() + axis, 1);
  return out;
}

std::optional<ConstantValue> squeeze(const onnx::NodeProto& node, Inputs inputs) {
  Shape axes = axes_of(node, inputs);
  const ConstantValue& in = *inputs[0];
  for (auto& axis : axes) {
    if (!normalize(axis, in.shape.size()) || in.shape[static_cast<std::size_t>(axis)] != 1)
      return std::nullopt;
  }
  ConstantValue out{in.type, {}, in.bytes};
  for (std::size_t i = 0; i < in.shape.size(); ++i) {
    const bool named = std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) != axes.end();
    if (axes.empty() ? in.shape[i] != 1 : !named) out.shape.push_back(in.shape[i]);
  }
  return out;
}

std::optional<ConstantValue> reshape(const onnx::NodeProto& node, const ConstantValue& in, Shape shape) {
  const bool keep_zero = attribute(node, "allowzero", std::int64_t{0}) != 0;
  std::int64_t known = 1;
  std::int64_t* free_axis = nullptr;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !keep_zero) {
      if (i >= in.shape.size()) return std::nullopt;
      shape[i] = in.shape[i];
    }
    if (shape[i] == -1) {
      free_axis = &shape[i];
    } else {
      known *= shape[i];
    }
  }
  if (free_axis != nullptr) *free_axis = known == 0 ? 0 : in.elements() / known;
  if (product(shape) != in.elements()) return std::nullopt;
  return ConstantValue{in.type, shape, in.bytes};
}

std::optional<ConstantValue> transpose(const onnx::NodeProto& node, const ConstantValue& in) {
  Shape perm = attribute(node, "perm", Shape());
  if (perm.empty()) {
    for (std::size_t i = in.shape.size(); i-- > 0;) perm.push_back(static_cast<std::int64_t>(i));
  }
  if (perm.size() != in.shape.size() || !normalize_all(perm, in.shape.size())) return std::nullopt;
  const Shape strides = strides_of(in.shape);
  Shape shape;
  Shape steps;
  for (const auto axis : perm) {
    shape.push_back(in.shape[static_cast<std::size_t>(axis)]);
    steps.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  return strided_copy(in, shape, 0, steps);
}

/// Slice-1 (attributes) and Slice-10 and up (inputs).
std::optional<ConstantValue> slice(const onnx::NodeProto& node, int opset, Inputs inputs) {
  const ConstantValue& in = *inputs[0];
  const auto list = [&](std::size_t slot, const char* name) {
    if (opset < 10) return attribute(node, name, Shape());
    return slot < inputs.size() && inputs[slot] != nullptr ? integers(*inputs[slot]) : Shape();
  };
  const Shape starts = list(1, "starts");
  const Shape ends = list(2, "ends");
  Shape axes = list(3, "axes");
  Shape steps = list(4, "steps");
  if (axes.empty()) {
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    return std::nullopt;
  if (!normalize_all(axes, in.shape.size())) return std::nullopt;
  Shape shape = in.shape;
  Shape strides = strides_of(in.shape);
  std::int64_t base = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (steps[i] == 0) return std::nullopt;
    const auto axis = static_cast<std::size_t>(axes[i]);
    const std::int64_t extent = in.shape[axis];
    const bool forward = steps[i] > 0;
    const auto bound = [&](std::int64_t at) {
      if (at < 0) at += extent;
      return std::clamp<std::int64_t>(at, forward ? 0 : -1, forward ? extent : extent - 1);
    };
    const std::int64_t start = bound(starts[i]);
    const bool to_front = !forward && ends[i] < -extent;
    const std::int64_t span = (to_front ? -1 : bound(ends[i])) - start;
    shape[axis] = std::max<std::int64_t>(0, (span + steps[i] - (forward ? 1 : -1)) / steps[i]);
    base += start * strides[axis];
    strides[axis] *= steps[i];
  }
  return strided_copy(in, shape, base, strides);
}

std::optional<ConstantValue> constant_of_shape(const onnx::NodeProto& node, const ConstantValue& in) {
  const Shape shape = integers(in);
  if (has_negative(shape) || product(shape) > kLargest) return std::nullopt;
  ConstantValue one{Type::FLOAT, {1}, std::string(4, '\0')};
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() != "value") continue;
    const auto given = constant_value(attribute.t());
    if (!given) return std::nullopt;
    one = *given;
  }
  return strided_copy(one, shape, 0, Shape(shape.size(), 0));
}

/// The evaluation of one operator; the result may contradict itself where the node does.
std::optional<ConstantValue> dispatch(const onnx::NodeProto& node, int opset, Inputs inputs) {
  const std::string& op = node.op_type();
  if (!node.domain().empty() && node.domain() != "ai.onnx") return std::nullopt;
  if (op == "Constant") return constant(node);
  if (inputs.empty() || inputs[0] == nullptr) return std::nullopt;
  const bool two = inputs.size() > 1 && inputs[1] != nullptr;
  if (op == "Shape" && opset < 15) {
    const Shape& shape = inputs[0]->shape;
    const Shape rank{static_cast<std::int64_t>(shape.size())};
    return constant_value(make_tensor<std::int64_t>("", rank, std::span<const std::int64_t>(shape)));
  }
  if (op == "Gather" && two) return gather(node, *inputs[0], *inputs[1]);
  if (op == "Concat") return concat(node, inputs);
  if (op == "Unsqueeze") return unsqueeze(node, inputs);
  if (op == "Squeeze") return squeeze(node, inputs);
  if (op == "Reshape" && two) return reshape(node, *inputs[0], integers(*inputs[1]));
  if (op == "Transpose") return transpose(node, *inputs[0]);
  if (op == "Slice") return slice(node, opset, inputs);
  if (op == "ConstantOfShape") return constant_of_shape(node, *inputs[0]);
  return evaluate_arithmetic(node, inputs);
}

bool is_consistent(const ConstantValue& value) {
  return !has_negative(value.shape) &&
         value.bytes.size() == static_cast<std::size_t>(value.elements()) * value.element_bytes();
}

}  // namespace

std::size_t ConstantValue::element_bytes() const { return abi_type(type).bits / 8U; }

std::int64_t ConstantValue::elements() const { return product(shape); }

onnx::TensorProto ConstantValue::proto(const std::string& name) const {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const auto extent : shape) tensor.add_dims(extent);
  tensor.set_raw_data(bytes);
  return tensor;
}

std::optional<ConstantValue> constant_value(const onnx::TensorProto& tensor) {
  ConstantValue value{tensor.data_type(), Shape(tensor.dims().begin(), tensor.dims().end()), {}};
  if (value.element_bytes() == 0 || tensor.data_location() == Type::EXTERNAL) return std::nullopt;
  if (tensor.has_raw_data()) {
    value.bytes = tensor.raw_data();
  } else if (const auto floats = values<float>(tensor); floats && value.type == Type::FLOAT) {
    value.bytes = make_tensor<float>("", {}, std::span<const float>(*floats)).raw_data();
  } else if (const auto list = values<std::int64_t>(tensor); list && value.type == Type::INT64) {
    value.bytes = make_tensor<std::int64_t>("", {}, std::span<const std::int64_t>(*list)).raw_data();
  } else if (const auto narrow = values<std::int32_t>(tensor); narrow && value.type == Type::INT32) {
    value.bytes = make_tensor<std::int32_t>("", {}, std::span<const std::int32_t>(*narrow)).raw_data();
  }
  const std::int64_t count = elements(tensor);
  if (count < 0) return std::nullopt;
  const auto size = static_cast<std::size_t>(count) * value.element_bytes();
  return value.bytes.size() == size ? std::optional(value) : std::nullopt;
}

std::vector<std::int64_t> integers(const ConstantValue& value) {
  const auto list = values<std::int64_t>(value.proto(""));
  return list ? *list : std::vector<std::int64_t>();
}

std::optional<ConstantValue> evaluate(const onnx::NodeProto& node, int opset, Inputs inputs) {
  auto value = dispatch(node, opset, inputs);
  // A node that contradicts itself, such as a Reshape to [-2, -2], is for the runtime to refuse.
  return value && is_consistent(*value) ? std::move(value) : std::nullopt;
}

}  // namespace mtc::model
