// SPDX-License-Identifier: Apache-2.0
//
// The window attributes that Conv and the pooling operators share.
#pragma once

#include "mtc/result.hpp"
#include "plugins/cpu/lower/context.hpp"

namespace mtc::cpu {

/// Kernel, strides, dilations and pads (or auto_pad) of `node` over an input [1, C, H, W] giving [1, M, OH,
/// OW]. `kernel_h`, `kernel_w`: used where the attribute kernel_shape is absent. Errors: unimplemented for
/// other ranks than 4; invalid_argument when the sizes do not agree.
Result<Window> read_window(const onnx::NodeProto& node, const Shape& input, const Shape& output,
                           std::int64_t kernel_h, std::int64_t kernel_w);

}  // namespace mtc::cpu
