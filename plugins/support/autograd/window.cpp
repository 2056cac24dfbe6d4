// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/window.hpp"

#include <algorithm>

#include <ATen/ATen.h>

namespace mtc::autograd {
namespace {

void check_size(const Shape& list, std::size_t axes, const char* what) {
  if (list.size() != axes) {
    reject(std::string(what) + " has " + std::to_string(list.size()) + " entries for " +
           std::to_string(axes) + " spatial axes");
  }
}

}  // namespace

std::int64_t Window::covered(std::size_t axis) const {
  return (outputs[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
}

Window make_window(const Call& call, const Shape& extents, const Shape& kernel) {
  const std::size_t axes = extents.size();
  Window window{kernel, call.list("strides", Shape(axes, 1)), call.list("dilations", Shape(axes, 1)), {}, {},
                {}};
  const Shape pads = call.list("pads", Shape(2 * axes, 0));
  check_size(kernel, axes, "kernel_shape");
  check_size(window.strides, axes, "strides");
  check_size(window.dilations, axes, "dilations");
  check_size(pads, 2 * axes, "pads");
  const std::string automatic = call.text("auto_pad", "NOTSET");
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  const bool ceil = call.integer("ceil_mode", 0) != 0;
  for (std::size_t i = 0; i < axes; ++i) {
    if (window.strides[i] < 1 || window.dilations[i] < 1 || kernel[i] < 1)
      reject("a stride, dilation or kernel below 1");
    const std::int64_t reach = (kernel[i] - 1) * window.dilations[i] + 1;
    std::int64_t begin = automatic == "NOTSET" ? pads[i] : 0;
    std::int64_t end = automatic == "NOTSET" ? pads[axes + i] : 0;
    if (same) {
      const std::int64_t output = (extents[i] + window.strides[i] - 1) / window.strides[i];
      const std::int64_t total =
          std::max<std::int64_t>(0, (output - 1) * window.strides[i] + reach - extents[i]);
      begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      end = total - begin;
    }
    const std::int64_t room = extents[i] + begin + end - reach;
    if (room < 0) reject("the kernel is larger than the padded input");
    std::int64_t output = (room + (ceil ? window.strides[i] - 1 : 0)) / window.strides[i] + 1;
    if (ceil && (output - 1) * window.strides[i] >= extents[i] + begin) --output;
    window.begins.push_back(begin);
    window.ends.push_back(end);
    window.outputs.push_back(output);
  }
  return window;
}

at::Tensor pad_spatial(const at::Tensor& x, const Shape& begins, const Shape& ends, double value) {
  Shape pads;
  for (std::size_t i = begins.size(); i-- > 0;) {
    pads.push_back(begins[i]);
    pads.push_back(ends[i]);
  }
  return at::constant_pad_nd(x, pads, value);
}

Shape spatial(const at::Tensor& x) {
  if (x.dim() < 3)
    reject("the input has rank " + std::to_string(x.dim()) +
           ", it needs a batch, a channel and spatial axes");
  return {x.sizes().begin() + 2, x.sizes().end()};
}

}  // namespace mtc::autograd
