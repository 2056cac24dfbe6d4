// SPDX-License-Identifier: Apache-2.0
//
// What of a model is trained, on what output, and which zeros stay.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::train {

/// The model whose first output a loss can be put on.
struct Head {
  onnx::ModelProto model;  ///< A copy whose first output is the logits.
  std::string softmax;  ///< The final Softmax that was taken off: "Softmax 'prob'"; empty when there is none.
};

/// Takes a final Softmax off the first output, since cross-entropy has its own.
/// Errors: unimplemented when the model holds QuantizeLinear or DequantizeLinear.
Result<Head> cut_softmax(const onnx::ModelProto& model);

/// Initializers that learn: weights, biases, scales and shifts of layers. Other float constants (an epsilon,
/// a factor, statistics of BatchNormalization) are part of the function and stay.
std::set<std::string> trainable(const onnx::ModelProto& model);

/// Tensors listed in the metadata `mtc.sparsity.tensors`, whose zeros stay zero; none without it.
/// Errors: invalid_argument when the entry is no JSON list of names.
Result<std::vector<std::string>> masked_tensors(const onnx::ModelProto& model);

}  // namespace mtc::train
