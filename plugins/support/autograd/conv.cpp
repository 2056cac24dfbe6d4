// SPDX-License-Identifier: Apache-2.0
//
// Conv and ConvTranspose. Source: ONNX Conv-1/11, ConvTranspose-1/11.
#include <algorithm>

#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"
#include "plugins/support/autograd/window.hpp"

namespace mtc::autograd {
namespace {

Shape kernel_of(const Call& call, const at::Tensor& weight) {
  return call.list("kernel_shape", spatial(weight));
}

c10::optional<at::Tensor> bias_of(const Call& call) {
  return call.has(2) ? c10::optional<at::Tensor>(call.input(2)) : c10::nullopt;
}

std::vector<at::Tensor> conv(const Call& call) {
  at::Tensor x = call.input(0);
  const at::Tensor& weight = call.input(1);
  const Window window = make_window(call, spatial(x), kernel_of(call, weight));
  const std::int64_t groups = call.integer("group", 1);
  if (x.size(1) != weight.size(1) * groups) {
    reject("the input has " + std::to_string(x.size(1)) + " channels, the weight asks for " +
           std::to_string(weight.size(1) * groups));
  }
  Shape padding = window.begins;
  if (!window.symmetric()) {
    x = pad_spatial(x, window.begins, window.ends, 0.0);
    padding.assign(padding.size(), 0);
  }
  // Without gradients straight to oneDNN: at::convolution leaves it for small batches on one thread.
  const bool direct = !at::GradMode::is_enabled() && x.scalar_type() == at::kFloat && x.dim() == 4 &&
                      weight.scalar_type() == at::kFloat && x.numel() > 0;
  if (direct) {
    return one(at::mkldnn_convolution(x.contiguous(), weight.contiguous(), bias_of(call), padding,
                                      window.strides, window.dilations, groups));
  }
  return one(at::convolution(x, weight, bias_of(call), window.strides, padding, window.dilations, false,
                             Shape(padding.size(), 0), groups));
}

/// Pads of ConvTranspose, which cut the output: given, or derived from output_shape or auto_pad.
void transpose_pads(const Call& call, const Shape& extents, const Shape& full, const Shape& strides,
                    Shape& begins, Shape& ends) {
  const std::size_t axes = extents.size();
  const std::string automatic = call.text("auto_pad", "NOTSET");
  const Shape wanted = call.list("output_shape");
  const Shape pads = call.list("pads", Shape(2 * axes, 0));
  for (std::size_t i = 0; i < axes; ++i) {
    const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
    if (wanted.empty() && !same) {
      begins.push_back(automatic == "VALID" ? 0 : pads.at(i));
      ends.push_back(automatic == "VALID" ? 0 : pads.at(axes + i));
      continue;
    }
    const std::int64_t output =
        wanted.empty() ? extents[i] * strides[i] : wanted.at(wanted.size() - axes + i);
    const std::int64_t total = std::max<std::int64_t>(0, full[i] - output);
    begins.push_back(automatic == "SAME_UPPER" ? total / 2 : total - total / 2);
    ends.push_back(total - begins.back());
  }
}

std::vector<at::Tensor> conv_transpose(const Call& call) {
  const at::Tensor& x = call.input(0);
  const at::Tensor& weight = call.input(1);
  const Shape extents = spatial(x);
  const std::size_t axes = extents.size();
  const Shape kernel = kernel_of(call, weight);
  const Shape strides = call.list("strides", Shape(axes, 1));
  const Shape dilations = call.list("dilations", Shape(axes, 1));
  Shape extra = call.list("output_padding", Shape(axes, 0));
  Shape full;
  for (std::size_t i = 0; i < axes; ++i) {
    full.push_back((extents[i] - 1) * strides.at(i) + (kernel.at(i) - 1) * dilations.at(i) + 1 + extra.at(i));
  }
  Shape begins;
  Shape ends;
  transpose_pads(call, extents, full, strides, begins, ends);
  at::Tensor y = at::convolution(x, weight, bias_of(call), strides, Shape(axes, 0), dilations, true, extra,
                                 call.integer("group", 1));
  for (std::size_t i = 0; i < axes; ++i) {
    y = y.narrow(static_cast<std::int64_t>(i) + 2, begins[i], full[i] - begins[i] - ends[i]);
  }
  return one(y);
}

}  // namespace

std::vector<Row> conv_operators() {
  return {{"Conv", {1, 11, 22}, conv}, {"ConvTranspose", {1, 11, 22}, conv_transpose}};
}

}  // namespace mtc::autograd
