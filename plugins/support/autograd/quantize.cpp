// SPDX-License-Identifier: Apache-2.0
//
// QuantizeLinear and DequantizeLinear, per tensor and per axis. Source: ONNX …Linear-10 and -13.
#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

/// `parameter` (a scalar or one value for each index of `axis`) in a shape that broadcasts over `x`.
at::Tensor along_axis(const Call& call, const at::Tensor& x, const at::Tensor& parameter) {
  if (parameter.dim() == 0 || parameter.numel() == 1) return parameter.reshape({});
  if (parameter.dim() != 1 || call.version < 13)
    reject("scale and zero point must be scalars, or vectors from version 13 on");
  const std::int64_t axis = normalize_axis(call.integer("axis", 1), x.dim());
  if (parameter.size(0) != x.size(axis)) {
    reject("scale or zero point has " + std::to_string(parameter.size(0)) + " values, axis " +
           std::to_string(axis) + " has extent " + std::to_string(x.size(axis)));
  }
  Shape shape(static_cast<std::size_t>(x.dim()), 1);
  shape[static_cast<std::size_t>(axis)] = -1;
  return parameter.reshape(shape);
}

/// y = saturate(round_half_even(x / scale) + zero_point); uint8 where there is no zero point.
std::vector<at::Tensor> quantize_linear(const Call& call) {
  const at::Tensor scale = call.input(1);
  const at::Tensor x = call.input(0).to(scale.scalar_type());
  const auto type = call.has(2) ? call.input(2).scalar_type() : at::kByte;
  if (type != at::kByte && type != at::kChar) unsupported("quantization to another type than int8 and uint8");
  at::Tensor y = at::round(x / along_axis(call, x, scale));
  if (call.has(2)) y = y + along_axis(call, x, call.input(2)).to(scale.scalar_type());
  const bool has_sign = type == at::kChar;
  return one(at::clamp(y, has_sign ? -128 : 0, has_sign ? 127 : 255).to(type));
}

/// y = (x - zero_point) · scale
std::vector<at::Tensor> dequantize_linear(const Call& call) {
  at::Tensor x = call.input(0).to(at::kInt);
  const at::Tensor scale = call.input(1);
  if (call.has(2)) x = x - along_axis(call, x, call.input(2)).to(at::kInt);
  return one(x.to(scale.scalar_type()) * along_axis(call, x, scale));
}

}  // namespace

std::vector<Row> quantize_operators() {
  return {{"DequantizeLinear", {10, 13}, dequantize_linear}, {"QuantizeLinear", {10, 13}, quantize_linear}};
}

}  // namespace mtc::autograd
