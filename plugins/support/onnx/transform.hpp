// SPDX-License-Identifier: Apache-2.0
//
// Graph edits that keep the function of the model: shared by quantization, sparsity and code generation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// Folds every BatchNormalization (inference form, opset 7 and up) that is the only reader of a Conv or Gemm
/// with constant weights into that node's weight and bias, which is added where absent. Computed in double.
/// Source: ONNX BatchNormalization-9/14/15: y = (x - mean) / sqrt(var + epsilon) * scale + B.
/// Returns how many were folded.
Result<int> fold_batch_norms(onnx::ModelProto& model);

/// Rewrites every other BatchNormalization (inference form, constant parameters, rank of its input known) as
/// y = x * a + b, a Mul and an Add in float32 whose constants are formed in double. The nodes are then in no
/// particular order. Returns how many were rewritten.
Result<int> split_batch_norms(onnx::ModelProto& model);

/// Removes Dropout and Identity, and replaces nodes of constants alone (Shape/Gather/Concat chains, Reshape
/// of an initializer, Constant …) by initializers where this is exact. Returns how many nodes are gone.
Result<int> fold_constants(onnx::ModelProto& model);

/// Removes nodes and initializers that no output depends on; drops initializers from graph inputs (IR < 4
/// style).
void remove_unused(onnx::ModelProto& model);

/// Sets the first axis of every real input and of the outputs to `batch` and recomputes all shapes.
/// Errors: invalid_argument when the model fixes another batch size.
Result<void> fix_batch(onnx::ModelProto& model, std::int64_t batch);

/// Static shapes of every tensor (graph inputs, initializers, node outputs) by ONNX shape inference and
/// constant folding of shape chains; -1 for an axis that stays symbolic. Errors: unimplemented for opset
/// > 17.
Result<std::map<std::string, std::vector<std::int64_t>>> infer_shapes(const onnx::ModelProto& model);

}  // namespace mtc::model
