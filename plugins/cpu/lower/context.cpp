// SPDX-License-Identifier: Apache-2.0
//
// Values, constants and layouts while a graph is lowered.
#include "plugins/cpu/lower/context.hpp"

#include <cstring>
#include <utility>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::cpu {
namespace {

template <class T>
std::vector<std::byte> to_bytes(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

Shape shape_of(const onnx::TensorProto& tensor) { return {tensor.dims().begin(), tensor.dims().end()}; }

/// Stride copy that brings a tensor of `shape` from one layout into the other.
Move::Copy layout_copy(const Shape& shape, Layout from, Layout to) {
  Move::Copy copy;
  const Shape in = strides(shape, from);
  const Shape out = strides(shape, to);
  const bool to_nhwc = to == Layout::nhwc;
  const std::size_t order[4] = {0, to_nhwc ? 2U : 1U, to_nhwc ? 3U : 2U, to_nhwc ? 1U : 3U};
  for (std::size_t i = 0; i < 4; ++i) {
    copy.extent[i + 1] = shape[order[i]];
    copy.in_stride[i + 1] = in[order[i]];
    copy.out_stride[i + 1] = out[order[i]];
  }
  return copy;
}

}  // namespace

Error unsupported(const onnx::NodeProto& node, const std::string& what) {
  return Error{Code::unimplemented, "target cpu does not support " + what, model::describe(node),
               "use another target (onnxruntime), or change the model"};
}

Error invalid(const onnx::NodeProto& node, const std::string& what, const std::string& hint) {
  return Error{Code::invalid_argument, what, model::describe(node), hint};
}

bool has_input(const onnx::NodeProto& node, int i) { return i < node.input_size() && !node.input(i).empty(); }

std::vector<float> QuantizedConstant::dequantized() const {
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  std::vector<float> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto channel = scale.size() == 1 ? 0U : (i / static_cast<std::size_t>(inner)) % scale.size();
    result[i] = static_cast<float>(values[i]) * scale[channel];
  }
  return result;
}

Result<Value> Context::value(const std::string& name) {
  if (const auto found = values_.find(name); found != values_.end()) return found->second;
  MTC_ASSIGN(const std::size_t tensor, constant_tensor(name));
  bind(name, tensor);
  return Value{tensor, false};
}

Result<std::size_t> Context::constant_tensor(const std::string& name) {
  MTC_ASSIGN(const auto values, constant_floats(name));
  Shape shape;
  if (const auto* quantized = quantized_constant(name)) {
    shape = quantized->shape;
  } else {
    shape = shape_of(*index_.constant(name));
  }
  return add_constant(name, Type::f32, std::move(shape), to_bytes(values), {});
}

Result<std::size_t> Context::as_float(const std::string& name) {
  MTC_ASSIGN(const Value found, value(name));
  if (tensor(found.tensor).type == Type::f32) return found.tensor;
  if (!found.dequantized) {
    return Error{Code::unimplemented, "target cpu does not support uint8 tensors outside of quantization",
                 name, "put a DequantizeLinear behind it"};
  }
  if (const auto made = dequantized_.find(found.tensor); made != dequantized_.end()) return made->second;
  const Tensor from = tensor(found.tensor);
  const std::size_t output = add_tensor(name, Type::f32, from.shape, from.layout);
  add_layer("DequantizeLinear '" + name + "'", {found.tensor}, output, Dequantize{});
  dequantized_[found.tensor] = output;
  return output;
}

std::size_t Context::in_layout(std::size_t id, Layout layout) {
  const Tensor from = tensor(id);
  if (from.layout == layout || from.shape.size() != 4) return id;
  const auto key = std::pair(id, layout);
  if (const auto made = converted_.find(key); made != converted_.end()) return made->second;
  std::size_t output = 0;
  if (same_bytes_in_any_layout(from.shape)) {
    output = alias(id, from.name, from.shape, layout);
  } else {
    output = add_tensor(from.name, from.type, from.shape, layout, from.quant);
    add_layer("layout of '" + from.name + "'", {id}, output,
              Move{{layout_copy(from.shape, from.layout, layout)}});
  }
  converted_[key] = output;
  return output;
}

const QuantizedConstant* Context::quantized_constant(const std::string& name) const {
  const auto found = quantized_.find(name);
  return found == quantized_.end() ? nullptr : &found->second;
}

bool Context::is_constant(const std::string& name) const {
  return quantized_.contains(name) || index_.constant(name) != nullptr;
}

Result<std::vector<float>> Context::constant_floats(const std::string& name) const {
  if (const auto* quantized = quantized_constant(name)) return quantized->dequantized();
  const auto* tensor = index_.constant(name);
  if (tensor == nullptr) {
    return Error{Code::unimplemented, "target cpu needs this tensor to be constant", name,
                 "fold the model's constants, or use another target"};
  }
  auto values = model::values<float>(*tensor);
  if (!values) values.error().where = name;
  return values;
}

Result<std::vector<std::int64_t>> Context::constant_integers(const std::string& name) const {
  const auto* tensor = index_.constant(name);
  if (tensor == nullptr) {
    return Error{Code::unimplemented, "target cpu needs this tensor to be constant", name,
                 "fold the model's constants, or use another target"};
  }
  auto values = model::values<std::int64_t>(*tensor);
  if (!values) values.error().where = name;
  return values;
}

Result<Shape> Context::shape(const std::string& name) const {
  if (const auto* quantized = quantized_constant(name)) return quantized->shape;
  if (const auto* tensor = index_.constant(name)) return shape_of(*tensor);
  const auto found = shapes_.find(name);
  if (found != shapes_.end()) {
    bool known = true;
    for (const auto extent : found->second) known = known && extent > 0;
    if (known) return found->second;
  }
  return Error{Code::unimplemented, "target cpu needs static shapes, and this tensor has none", name,
               "fix the model's input shape and remove data-dependent shapes"};
}

std::size_t Context::add_tensor(std::string name, Type type, Shape shape, Layout layout, Quant quant) {
  Storage storage;
  storage.bytes = static_cast<std::size_t>(elements(shape)) * bytes_of(type);
  program_.storages.push_back(std::move(storage));
  program_.tensors.push_back(
      Tensor{std::move(name), type, std::move(shape), layout, quant, program_.storages.size() - 1});
  return program_.tensors.size() - 1;
}

std::size_t Context::alias(std::size_t from, std::string name, Shape shape, Layout layout) {
  const Tensor source = tensor(from);
  program_.tensors.push_back(
      Tensor{std::move(name), source.type, std::move(shape), layout, source.quant, source.storage});
  return program_.tensors.size() - 1;
}

std::size_t Context::add_constant(const std::string& name, Type type, Shape shape,
                                  std::vector<std::byte> data, Quant quant) {
  const std::size_t id = add_tensor(name, type, std::move(shape), Layout::dense, quant);
  Storage& storage = program_.storages[tensor(id).storage];
  storage.kind = Storage::Kind::constant;
  storage.data = std::move(data);
  return id;
}

const onnx::NodeProto* Context::only_consumer(const std::string& name) const {
  if (index_.is_output(name)) return nullptr;
  const auto consumers = index_.consumers(name);
  return consumers.size() == 1 ? consumers.front() : nullptr;
}

}  // namespace mtc::cpu
