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

/// Geometry of ConvTranspose on one axis: what the full output is cut by, or extended by where it is too
/// short.
struct Cut {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t extra = 0;  ///< Added to output_padding.
};

/// Pads as given, or derived from output_shape or auto_pad.
Cut cut_of(const Call& call, std::size_t axis, std::size_t axes, std::int64_t full,
           std::int64_t automatic_extent) {
  const std::string automatic = call.text("auto_pad", "NOTSET");
  const Shape wanted = call.list("output_shape");
  const Shape pads = call.list("pads", Shape(2 * axes, 0));
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (wanted.empty() && !same) {
    if (automatic == "VALID") return {};
    return {pads.at(axis), pads.at(axes + axis), 0};
  }
  const std::int64_t output = wanted.empty() ? automatic_extent : wanted.at(wanted.size() - axes + axis);
  const std::int64_t total = std::max<std::int64_t>(0, full - output);
  const std::int64_t begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
  return {begin, total - begin, std::max<std::int64_t>(0, output - full)};
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
  std::vector<Cut> cuts;
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t reach = (kernel.at(i) - 1) * dilations.at(i) + 1;
    const std::int64_t full = (extents[i] - 1) * strides.at(i) + reach + extra.at(i);
    cuts.push_back(cut_of(call, i, axes, full, extents[i] * strides[i]));
    extra[i] += cuts[i].extra;
  }
  at::Tensor y = at::convolution(x, weight, bias_of(call), strides, Shape(axes, 0), dilations, true, extra,
                                 call.integer("group", 1));
  for (std::size_t i = 0; i < axes; ++i) {
    const auto axis = static_cast<std::int64_t>(i) + 2;
    y = y.narrow(axis, cuts[i].begin, y.size(axis) - cuts[i].begin - cuts[i].end);
  }
  return one(y);
}

}  // namespace

std::vector<Row> conv_operators() {
  return {{"Conv", {1, 11, 22}, conv}, {"ConvTranspose", {1, 11, 22}, conv_transpose}};
}

}  // namespace mtc::autograd
