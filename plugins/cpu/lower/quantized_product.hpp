// SPDX-License-Identifier: Apache-2.0
//
// What Conv, Gemm and MatMul share: is it a product of a quantized input and quantized weights, and its
// constants.
#pragma once

#include <cstddef>
#include <string>

#include "mtc/result.hpp"
#include "plugins/cpu/lower/context.hpp"
#include "plugins/cpu/lower/quantization.hpp"

namespace mtc::cpu {

struct ProductInputs {
  std::string input;
  std::string weight;
  std::string bias;              ///< Empty = none.
  std::size_t channel_axis = 0;  ///< Axis of the weight that counts output channels.
};

/// True when the input is dequantized uint8, the weight dequantized int8 with zero point 0 (one scale, or one
/// for each output channel) and the bias absent or dequantized int32. Errors: invalid_argument when the bias
/// has another scale than sx * sw (relative difference over 1e-5) or weights are -128.
Result<bool> is_quantized_product(Context& context, const onnx::NodeProto& node, const ProductInputs& inputs);

/// The tensor to read: the u8 one where `integer`, else an f32 one.
Result<std::size_t> product_input(Context& context, const ProductInputs& inputs, bool integer);

/// Fills q_weights (in the order of the ONNX tensor), q_bias, scale and limits of `conv`, whose out_channels
/// is set.
Result<void> fill_quantized(Context& context, const onnx::NodeProto& node, const ProductInputs& inputs,
                            const Epilogue& epilogue, Conv& conv);
/// Fills weights (in the order of the ONNX tensor), bias and limits of `conv`.
Result<void> fill_float(Context& context, const onnx::NodeProto& node, const ProductInputs& inputs,
                        const Epilogue& epilogue, Conv& conv);

}  // namespace mtc::cpu
