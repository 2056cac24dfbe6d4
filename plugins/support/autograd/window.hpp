// SPDX-License-Identifier: Apache-2.0
//
// The sliding window that Conv and the pools share: kernel, strides, dilations, pads, auto_pad, ceil_mode.
#pragma once

#include "plugins/support/autograd/call.hpp"

namespace mtc::autograd {

/// All lists have one entry for each spatial axis.
struct Window {
  Shape kernel;
  Shape strides;
  Shape dilations;
  Shape begins;   ///< Padding before.
  Shape ends;     ///< Padding after.
  Shape outputs;  ///< Output extents.

  [[nodiscard]] bool symmetric() const { return begins == ends; }
  /// Extent that the windows of axis `axis` cover, padding included.
  [[nodiscard]] std::int64_t covered(std::size_t axis) const;
};

/// The window of `call` over an input of spatial extents `extents`.
/// Source: ONNX Conv-11, AveragePool-11, MaxPool-12. With ceil_mode a last window that would start beyond the
/// input and its leading padding is dropped, as libtorch and ONNX Runtime do.
Window make_window(const Call& call, const Shape& extents, const Shape& kernel);

/// Pads the trailing spatial axes of `x` with `value`.
at::Tensor pad_spatial(const at::Tensor& x, const Shape& begins, const Shape& ends, double value);

/// Spatial extents: all but the first two axes. Throws for rank < 3.
Shape spatial(const at::Tensor& x);

}  // namespace mtc::autograd
