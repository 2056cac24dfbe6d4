// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of the scheme qdq.u8s8.per-channel/1 at compile time, and what an operator may absorb behind
// it: an activation and the QuantizeLinear nodes that take its result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/cpu/lower/context.hpp"

namespace mtc::cpu {

/// clamp(half_even(value / scale) + zero_point) in float32: ONNX QuantizeLinear for uint8.
int quantized(float value, const Quant& quant);
/// (q - zero_point) * scale in float32: ONNX DequantizeLinear.
float dequantized(int q, const Quant& quant);

/// Scale and zero point of a QuantizeLinear or DequantizeLinear of one uint8 tensor.
/// Errors: unimplemented when they are not constant, not per tensor, or of another type than uint8.
Result<Quant> activation_quant(const Context& context, const onnx::NodeProto& node);

/// The limits of `first` followed by `second`.
Clamp combined(const Clamp& first, const Clamp& second);

/// What follows a node and is computed by its layer too.
struct Epilogue {
  std::string name;                ///< ONNX tensor that the layer makes.
  std::vector<std::string> names;  ///< All names that stand for it.
  Clamp clamp;                     ///< Relu and Clip.
  std::optional<Quant> quant;      ///< Set when it makes a u8 tensor.
  int q_low = 0, q_high = 255;     ///< The clamp in that tensor's integers.
};

/// Looks behind `node` and marks what it absorbs as done: Relu or Clip that alone reads its output and, when
/// `quantize` is set, the QuantizeLinear nodes when they alone read the result and all agree.
Result<Epilogue> absorb_epilogue(Context& context, const onnx::NodeProto& node, bool quantize);

/// Adds the tensor that `epilogue` describes and binds its names to it.
std::size_t add_result(Context& context, const Epilogue& epilogue, Shape shape, Layout layout);

/// The limits of a Relu or Clip node; nullopt for another operator or limits that are not constant.
Result<std::optional<Clamp>> clamp_of(const Context& context, const onnx::NodeProto& node);

}  // namespace mtc::cpu
