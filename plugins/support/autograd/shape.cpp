// SPDX-License-Identifier: Apache-2.0
//
// Shapes and their change without change of values. Source: the ONNX operator of the same name.
#include <algorithm>

#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

at::Tensor integer_tensor(const Shape& values) { return at::tensor(values, at::kLong); }

/// `start` and `end` cut the list from Shape-15 on.
std::vector<at::Tensor> shape(const Call& call) {
  const Shape sizes = call.input(0).sizes().vec();
  const auto rank = static_cast<std::int64_t>(sizes.size());
  const auto bound = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = bound(call.integer("start", 0));
  const std::int64_t end = std::max(start, bound(call.integer("end", rank)));
  return one(integer_tensor({sizes.begin() + start, sizes.begin() + end}));
}

std::vector<at::Tensor> size(const Call& call) {
  return one(at::scalar_tensor(call.input(0).numel(), at::kLong));
}

/// 0 keeps the input's extent unless allowzero (Reshape-14) is set.
std::vector<at::Tensor> reshape(const Call& call) {
  const at::Tensor& x = call.input(0);
  Shape wanted = call.integers(1);
  if (call.integer("allowzero", 0) == 0) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] != 0) continue;
      if (static_cast<std::int64_t>(i) >= x.dim()) reject("the shape keeps an axis that the input lacks");
      wanted[i] = x.size(static_cast<std::int64_t>(i));
    }
  }
  return one(x.reshape(wanted));
}

std::vector<at::Tensor> flatten(const Call& call) {
  const at::Tensor& x = call.input(0);
  std::int64_t axis = call.integer("axis", 1);
  if (axis != x.dim()) axis = normalize_axis(axis, x.dim());
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  for (std::int64_t i = 0; i < x.dim(); ++i) (i < axis ? rows : columns) *= x.size(i);
  return one(x.reshape({rows, columns}));
}

/// Axes of Squeeze and Unsqueeze: attribute before version 13, input from then on.
Shape axes_of(const Call& call) {
  if (call.version < 13) return call.list("axes");
  return call.has(1) ? call.integers(1) : Shape();
}

std::vector<at::Tensor> squeeze(const Call& call) {
  const at::Tensor& x = call.input(0);
  Shape axes = axes_of(call);
  if (axes.empty()) return one(x.squeeze());
  for (auto& axis : axes) {
    axis = normalize_axis(axis, x.dim());
    if (x.size(axis) != 1)
      reject("axis " + std::to_string(axis) + " has extent " + std::to_string(x.size(axis)) + ", not 1");
  }
  std::sort(axes.rbegin(), axes.rend());
  at::Tensor y = x;
  for (const auto axis : axes) y = y.squeeze(axis);
  return one(y);
}

std::vector<at::Tensor> unsqueeze(const Call& call) {
  at::Tensor y = call.input(0);
  Shape axes = axes_of(call);
  const std::int64_t rank = y.dim() + static_cast<std::int64_t>(axes.size());
  for (auto& axis : axes) axis = normalize_axis(axis, rank);
  std::sort(axes.begin(), axes.end());
  for (const auto axis : axes) y = y.unsqueeze(axis);
  return one(y);
}

std::vector<at::Tensor> transpose(const Call& call) {
  const at::Tensor& x = call.input(0);
  Shape order = call.list("perm");
  if (order.empty()) {
    for (std::int64_t i = x.dim(); i-- > 0;) order.push_back(i);
  }
  return one(x.permute(order));
}

/// Broadcasting in both directions: an extent of 1 in the wanted shape keeps the input's.
std::vector<at::Tensor> expand(const Call& call) {
  const at::Tensor& x = call.input(0);
  const Shape given = call.integers(1);
  const auto rank = static_cast<std::size_t>(x.dim());
  const std::size_t axes = std::max(rank, given.size());
  Shape wanted(axes, 1);
  std::copy(given.begin(), given.end(), wanted.end() - static_cast<std::ptrdiff_t>(given.size()));
  for (std::size_t i = axes - rank; i < axes; ++i) {
    if (wanted[i] == 1) wanted[i] = x.size(static_cast<std::int64_t>(i - (axes - rank)));
  }
  return one(x.expand(wanted));
}

std::vector<at::Tensor> tile(const Call& call) { return one(call.input(0).repeat(call.integers(1))); }

std::vector<at::Tensor> identity(const Call& call) { return one(call.input(0)); }

/// Inference form: the identity, and a mask of ones where it is asked for.
std::vector<at::Tensor> dropout(const Call& call) {
  const at::Tensor& x = call.input(0);
  if (call.has(2) && call.input(2).item<bool>()) unsupported("Dropout with training_mode");
  std::vector<at::Tensor> outputs = one(x);
  if (call.wants(1)) outputs.push_back(at::ones(x.sizes(), call.version < 10 ? x.scalar_type() : at::kBool));
  return outputs;
}

}  // namespace

std::vector<Row> shape_operators() {
  return {{"Dropout", {7, 10, 12, 13, 22}, dropout},
          {"Expand", {8, 13}, expand},
          {"Flatten", {1, 9, 11, 13, 21}, flatten},
          {"Identity", {1, 13, 14, 16, 19, 21}, identity},
          {"Reshape", {5, 13, 14, 19, 21}, reshape},
          {"Shape", {1, 13, 15, 19, 21}, shape},
          {"Size", {1, 13, 19, 21}, size},
          {"Squeeze", {1, 11, 13, 21}, squeeze},
          {"Tile", {6, 13}, tile},
          {"Transpose", {1, 13, 21}, transpose},
          {"Unsqueeze", {1, 11, 13, 21}, unsqueeze}};
}

}  // namespace mtc::autograd
