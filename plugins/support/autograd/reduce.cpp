// SPDX-License-Identifier: Apache-2.0
//
// Reductions. Axes are an attribute (Reduce*-1/11/13) or an input (ReduceSum-13, the others from 18 on).
#include <algorithm>

#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

using Function = at::Tensor (*)(const at::Tensor&, const Shape& axes, bool keep);

template <Function Reduce, int InputVersion>
std::vector<at::Tensor> reduce(const Call& call) {
  const at::Tensor& x = call.input(0);
  Shape axes;
  if (call.version < InputVersion) {
    axes = call.list("axes");
  } else if (call.has(1)) {
    axes = call.integers(1);
  }
  if (axes.empty()) {
    if (call.version >= InputVersion && call.integer("noop_with_empty_axes", 0) != 0) return one(x);
    for (std::int64_t i = 0; i < x.dim(); ++i) axes.push_back(i);
  }
  for (auto& axis : axes) axis = normalize_axis(axis, x.dim());
  return one(Reduce(x, axes, call.integer("keepdims", 1) != 0));
}

at::Tensor mean(const at::Tensor& x, const Shape& axes, bool keep) { return x.mean(axes, keep); }
at::Tensor sum(const at::Tensor& x, const Shape& axes, bool keep) {
  return x.sum(axes, keep, x.scalar_type());
}
at::Tensor max(const at::Tensor& x, const Shape& axes, bool keep) { return x.amax(axes, keep); }
at::Tensor min(const at::Tensor& x, const Shape& axes, bool keep) { return x.amin(axes, keep); }
at::Tensor l1(const at::Tensor& x, const Shape& axes, bool keep) { return sum(x.abs(), axes, keep); }
at::Tensor sum_square(const at::Tensor& x, const Shape& axes, bool keep) { return sum(x * x, axes, keep); }
at::Tensor l2(const at::Tensor& x, const Shape& axes, bool keep) { return sum_square(x, axes, keep).sqrt(); }
at::Tensor log_sum(const at::Tensor& x, const Shape& axes, bool keep) { return sum(x, axes, keep).log(); }
at::Tensor log_sum_exp(const at::Tensor& x, const Shape& axes, bool keep) {
  return at::logsumexp(x, axes, keep);
}

/// One axis after the other, from the back, so that the numbers of the rest stay.
at::Tensor product(const at::Tensor& x, const Shape& axes, bool keep) {
  Shape sorted = axes;
  std::sort(sorted.rbegin(), sorted.rend());
  at::Tensor y = x;
  for (const auto axis : sorted) y = y.prod(axis, keep, x.scalar_type());
  return y;
}

/// Position of the largest (smallest) element; `select_last_index` (version 12) takes the last of equals.
template <bool Largest>
std::vector<at::Tensor> arg_extreme(const Call& call) {
  const at::Tensor& x = call.input(0);
  const std::int64_t axis = normalize_axis(call.integer("axis", 0), x.dim());
  const bool keep = call.integer("keepdims", 1) != 0;
  const bool last = call.integer("select_last_index", 0) != 0;
  const at::Tensor source = last ? x.flip({axis}) : x;
  const at::Tensor index = Largest ? source.argmax(axis, keep) : source.argmin(axis, keep);
  return one(last ? x.size(axis) - 1 - index : index);
}

}  // namespace

std::vector<Row> reduce_operators() {
  return {{"ArgMax", {1, 11, 12, 13}, arg_extreme<true>},
          {"ArgMin", {1, 11, 12, 13}, arg_extreme<false>},
          {"ReduceL1", {1, 11, 13, 18}, reduce<l1, 18>},
          {"ReduceL2", {1, 11, 13, 18}, reduce<l2, 18>},
          {"ReduceLogSum", {1, 11, 13, 18}, reduce<log_sum, 18>},
          {"ReduceLogSumExp", {1, 11, 13, 18}, reduce<log_sum_exp, 18>},
          {"ReduceMax", {1, 11, 12, 13, 18}, reduce<max, 18>},
          {"ReduceMean", {1, 11, 13, 18}, reduce<mean, 18>},
          {"ReduceMin", {1, 11, 12, 13, 18}, reduce<min, 18>},
          {"ReduceProd", {1, 11, 13, 18}, reduce<product, 18>},
          {"ReduceSum", {1, 11, 13}, reduce<sum, 13>},
          {"ReduceSumSquare", {1, 11, 13, 18}, reduce<sum_square, 18>}};
}

}  // namespace mtc::autograd
