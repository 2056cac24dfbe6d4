// SPDX-License-Identifier: Apache-2.0
//
// Source: ONNX Conv-1/11, MaxPool-8…12, AveragePool-7…11: kernel_shape, strides, dilations, pads, auto_pad,
// ceil_mode.
#include "plugins/cpu/lower/window.hpp"

#include <algorithm>

namespace mtc::cpu {
namespace {

/// Padding on both sides that auto_pad = SAME_* asks for: the odd element goes behind for UPPER, in front for
/// LOWER.
void same_padding(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t reach, bool upper,
                  std::int64_t& before, std::int64_t& after) {
  const std::int64_t total = std::max<std::int64_t>((out - 1) * stride + reach - in, 0);
  before = upper ? total / 2 : total - total / 2;
  after = total - before;
}

void read_padding(const onnx::NodeProto& node, Window& window) {
  const auto mode = model::attribute(node, "auto_pad", std::string("NOTSET"));
  const std::int64_t reach_h = (window.kernel_h - 1) * window.dilation_h + 1;
  const std::int64_t reach_w = (window.kernel_w - 1) * window.dilation_w + 1;
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    const bool upper = mode == "SAME_UPPER";
    same_padding(window.in_h, window.out_h, window.stride_h, reach_h, upper, window.pad_top,
                 window.pad_bottom);
    same_padding(window.in_w, window.out_w, window.stride_w, reach_w, upper, window.pad_left,
                 window.pad_right);
  } else if (mode == "NOTSET") {
    const auto pads = model::attribute(node, "pads", std::vector<std::int64_t>{0, 0, 0, 0});
    window.pad_top = pads[0];
    window.pad_left = pads[1];
    window.pad_bottom = pads[2];
    window.pad_right = pads[3];
  }
}

/// Whether the number of windows is the one that the attributes ask for. With ceil_mode ONNX's inference
/// counts a last window that lies wholly in the padding behind; runtimes drop it.
bool fits(std::int64_t in, std::int64_t before, std::int64_t after, std::int64_t reach, std::int64_t stride,
          std::int64_t out, bool ceil_mode) {
  const std::int64_t span = in + before + after - reach;
  if (span < 0 || (ceil_mode && (out - 1) * stride >= in + before)) return false;
  return out == (ceil_mode ? (span + stride - 1) / stride : span / stride) + 1 ||
         (ceil_mode && out == span / stride + 1);
}

}  // namespace

Result<Window> read_window(const onnx::NodeProto& node, const Shape& input, const Shape& output,
                           std::int64_t kernel_h, std::int64_t kernel_w) {
  if (input.size() != 4 || output.size() != 4) {
    return unsupported(node,
                       "operator " + node.op_type() + " on tensors of rank " + std::to_string(input.size()));
  }
  const std::vector<std::int64_t> ones = {1, 1};
  const auto kernel = model::attribute(node, "kernel_shape", std::vector<std::int64_t>{kernel_h, kernel_w});
  const auto stride = model::attribute(node, "strides", ones);
  const auto dilation = model::attribute(node, "dilations", ones);
  if (kernel.size() != 2 || stride.size() != 2 || dilation.size() != 2 ||
      model::attribute(node, "pads", std::vector<std::int64_t>{0, 0, 0, 0}).size() != 4) {
    return invalid(node, "kernel_shape, strides, dilations and pads must have 2, 2, 2 and 4 elements");
  }
  if (std::ranges::min(kernel) < 1 || std::ranges::min(stride) < 1 || std::ranges::min(dilation) < 1) {
    return invalid(node, "kernel_shape, strides and dilations must be 1 or more");
  }
  Window window;
  window.in_h = input[2];
  window.in_w = input[3];
  window.out_h = output[2];
  window.out_w = output[3];
  window.kernel_h = kernel[0];
  window.kernel_w = kernel[1];
  window.stride_h = stride[0];
  window.stride_w = stride[1];
  window.dilation_h = dilation[0];
  window.dilation_w = dilation[1];
  read_padding(node, window);
  const bool ceil_mode = model::attribute(node, "ceil_mode", std::int64_t{0}) != 0;
  const std::int64_t reach_h = (window.kernel_h - 1) * window.dilation_h + 1;
  const std::int64_t reach_w = (window.kernel_w - 1) * window.dilation_w + 1;
  if (std::min({window.pad_top, window.pad_left, window.pad_bottom, window.pad_right}) < 0 ||
      !fits(window.in_h, window.pad_top, window.pad_bottom, reach_h, window.stride_h, window.out_h,
            ceil_mode) ||
      !fits(window.in_w, window.pad_left, window.pad_right, reach_w, window.stride_w, window.out_w,
            ceil_mode)) {
    return unsupported(node, "a window whose pads, strides and output size do not agree");
  }
  return window;
}

}  // namespace mtc::cpu
