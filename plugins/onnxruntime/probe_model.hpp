// SPDX-License-Identifier: Apache-2.0
//
// The smallest model that tells how this machine multiplies integers.
#pragma once

#include <cstdint>
#include <string>

namespace mtc::onnxruntime {

inline constexpr std::int64_t kProbeChannels = 64;
inline constexpr std::uint8_t kProbeInput = 255;   ///< Of every element of the inputs.
inline constexpr std::uint8_t kProbeOutput = 127;  ///< Of every element of the outputs, where sums are exact.

/// An ONNX model of two QLinearConv with weights of 127: "full" reads "x" [1,64,1,1] and sums over the
/// channels (a matrix product), "deep" reads "d" [1,64,3,3] and sums each channel by itself (the depthwise
/// kernel).
std::string probe_model();

}  // namespace mtc::onnxruntime
