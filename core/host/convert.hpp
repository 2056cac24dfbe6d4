// SPDX-License-Identifier: Apache-2.0
//
// Between float32 and the element types of a model's inputs and outputs. A quantized tensor holds
// q = saturate(round_half_even(x / scale) + zero_point); its value is (q − zero_point)·scale (ONNX
// QuantizeLinear and DequantizeLinear, opset 10).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/host/session.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

/// The values of an output as float32. Types: float32, float64, integers of 8 to 64 bits, bool; quantized
/// ones are dequantized. Errors: unimplemented for others, naming the output.
Result<std::vector<float>> to_float(const Io& io, std::span<const std::byte> bytes);

/// Writes `values` as the model's input `io` takes them: float32, float64, quantized int8 and uint8.
/// Errors: unimplemented for others, naming the input.
Result<void> from_float(const Io& io, std::span<const float> values, std::span<std::byte> out);

}  // namespace mtc::host
