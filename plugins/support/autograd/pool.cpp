// SPDX-License-Identifier: Apache-2.0
//
// Pooling. Source: ONNX MaxPool-8…12, AveragePool-7…11, GlobalAveragePool-1, GlobalMaxPool-1.
#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"
#include "plugins/support/autograd/window.hpp"

namespace mtc::autograd {
namespace {

/// Padding after each axis so that every window, those that ceil_mode adds included, lies inside.
Shape ends_to_cover(const Window& window, const Shape& extents) {
  Shape ends;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    ends.push_back(std::max<std::int64_t>(0, window.covered(i) - extents[i] - window.begins[i]));
  }
  return ends;
}

/// True when libtorch's own padding does it: equal on both sides, at most half a kernel, no ceil_mode.
bool plain(const Call& call, const Window& window) {
  bool half = true;
  for (std::size_t i = 0; i < window.kernel.size(); ++i)
    half = half && window.begins[i] * 2 <= window.kernel[i];
  return half && window.symmetric() && call.integer("ceil_mode", 0) == 0;
}

at::Tensor max_pool_of(const at::Tensor& x, const Window& window, const Shape& padding) {
  switch (window.kernel.size()) {
    case 1:
      return at::max_pool1d(x, window.kernel, window.strides, padding, window.dilations);
    case 2:
      return at::max_pool2d(x, window.kernel, window.strides, padding, window.dilations);
    case 3:
      return at::max_pool3d(x, window.kernel, window.strides, padding, window.dilations);
    default:
      unsupported("pooling over " + std::to_string(window.kernel.size()) + " axes");
  }
}

std::vector<at::Tensor> max_pool(const Call& call) {
  if (call.wants(1)) unsupported("MaxPool with the output Indices");
  const at::Tensor& x = call.input(0);
  const bool integral = at::isIntegralType(x.scalar_type(), false);
  const at::Tensor source = integral ? x.to(at::kFloat) : x;
  const Shape extents = spatial(x);
  const Window window = make_window(call, extents, call.list("kernel_shape"));
  at::Tensor y;
  if (plain(call, window)) {
    y = max_pool_of(source, window, window.begins);
  } else {
    const double lowest = -std::numeric_limits<double>::infinity();
    const at::Tensor padded = pad_spatial(source, window.begins, ends_to_cover(window, extents), lowest);
    y = max_pool_of(padded, window, Shape(extents.size(), 0));
  }
  return one(integral ? y.to(x.scalar_type()) : y);
}

/// Sums over windows without padding; two or three spatial axes.
at::Tensor window_sums(const at::Tensor& x, const Window& window) {
  const Shape none(window.kernel.size(), 0);
  if (window.kernel.size() == 2)
    return at::avg_pool2d(x, window.kernel, window.strides, none, false, true, 1);
  return at::avg_pool3d(x, window.kernel, window.strides, none, false, true, 1);
}

/// Averages over any padding: sums divided by how many elements each window counts.
at::Tensor average(const at::Tensor& x, const Window& window, bool count_pads) {
  const Shape extents = spatial(x);
  const Shape ends = ends_to_cover(window, extents);
  const at::Tensor sums = window_sums(pad_spatial(x, window.begins, ends, 0.0), window);
  Shape ones_shape{1, 1};
  ones_shape.insert(ones_shape.end(), extents.begin(), extents.end());
  at::Tensor ones = at::ones(ones_shape, x.options().requires_grad(false));
  Shape begins = window.begins;
  Shape rest = ends;
  if (count_pads) {  // Declared padding counts, what ceil_mode adds does not.
    Shape counted;
    for (std::size_t i = 0; i < ends.size(); ++i) counted.push_back(std::min(ends[i], window.ends[i]));
    ones = pad_spatial(ones, begins, counted, 1.0);
    begins.assign(begins.size(), 0);
    for (std::size_t i = 0; i < ends.size(); ++i) rest[i] -= counted[i];
  }
  return sums / window_sums(pad_spatial(ones, begins, rest, 0.0), window);
}

std::vector<at::Tensor> average_pool(const Call& call) {
  at::Tensor x = call.input(0);
  const bool flat = x.dim() == 3;
  Window window = make_window(call, spatial(x), call.list("kernel_shape"));
  const bool count_pads = call.integer("count_include_pad", 0) != 0;
  if (window.kernel.size() > 3) unsupported("pooling over " + std::to_string(window.kernel.size()) + " axes");
  if (window.kernel.size() == 2 && plain(call, window)) {
    return one(at::avg_pool2d(x, window.kernel, window.strides, window.begins, false, count_pads));
  }
  if (flat) {  // One axis as two, of which the first has extent 1.
    x = x.unsqueeze(2);
    window = {{1, window.kernel[0]}, {1, window.strides[0]}, {1, window.dilations[0]},
              {0, window.begins[0]}, {0, window.ends[0]},    {1, window.outputs[0]}};
  }
  const at::Tensor y = average(x, window, count_pads);
  return one(flat ? y.squeeze(2) : y);
}

Shape spatial_axes(const at::Tensor& x) {
  Shape axes;
  for (std::int64_t i = 2; i < x.dim(); ++i) axes.push_back(i);
  if (axes.empty()) reject("the input has no spatial axis");
  return axes;
}

std::vector<at::Tensor> global_average_pool(const Call& call) {
  const at::Tensor& x = call.input(0);
  return one(x.mean(spatial_axes(x), true));
}

std::vector<at::Tensor> global_max_pool(const Call& call) {
  const at::Tensor& x = call.input(0);
  return one(x.amax(spatial_axes(x), true));
}

}  // namespace

std::vector<Row> pool_operators() {
  return {{"AveragePool", {7, 10, 11}, average_pool},
          {"GlobalAveragePool", {1, 22}, global_average_pool},
          {"GlobalMaxPool", {1, 22}, global_max_pool},
          {"MaxPool", {1, 8, 10, 11, 12}, max_pool}};
}

}  // namespace mtc::autograd
