// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/call.hpp"

#include <ATen/ATen.h>

#include "plugins/support/onnx/graph.hpp"

namespace mtc::autograd {

const at::Tensor& Call::input(std::size_t slot) const {
  if (!has(slot)) reject("input " + std::to_string(slot) + " is missing");
  return *inputs_[slot];
}

Shape Call::integers(std::size_t slot) const {
  const at::Tensor& tensor = input(slot);
  if (!at::isIntegralType(tensor.scalar_type(), false))
    reject("input " + std::to_string(slot) + " is no integer tensor");
  const at::Tensor wide = tensor.to(at::kLong).contiguous();
  const auto* data = wide.data_ptr<std::int64_t>();
  return {data, data + wide.numel()};
}

std::vector<double> Call::numbers(std::size_t slot) const {
  const at::Tensor wide = input(slot).detach().to(at::kDouble).contiguous();
  const auto* data = wide.data_ptr<double>();
  return {data, data + wide.numel()};
}

bool Call::wants(int slot) const { return slot < node_.output_size() && !node_.output(slot).empty(); }

bool Call::has_attribute(std::string_view name) const { return model::has_attribute(node_, name); }

std::int64_t Call::integer(std::string_view name, std::int64_t fallback) const {
  return model::attribute(node_, name, fallback);
}

double Call::number(std::string_view name, float fallback) const {
  return static_cast<double>(model::attribute(node_, name, fallback));
}

std::string Call::text(std::string_view name, const std::string& fallback) const {
  return model::attribute(node_, name, fallback);
}

Shape Call::list(std::string_view name, const Shape& fallback) const {
  return model::attribute(node_, name, fallback);
}

void reject(const std::string& message) { throw OperatorError(message, false); }

void unsupported(const std::string& message) { throw OperatorError(message, true); }

std::int64_t normalize_axis(std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) {
    reject("axis " + std::to_string(axis) + " of a tensor of rank " + std::to_string(rank));
  }
  return axis < 0 ? axis + rank : axis;
}

std::vector<at::Tensor> one(at::Tensor tensor) {
  std::vector<at::Tensor> outputs;
  outputs.push_back(std::move(tensor));
  return outputs;
}

}  // namespace mtc::autograd
