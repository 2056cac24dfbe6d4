// SPDX-License-Identifier: Apache-2.0
//
// Float edits before quantization: an opset that can express it, batch norms and shifts folded into biases.
#pragma once

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::quantize {

/// Folds an Add of a constant into the node before it, where the sum is that node's bias: Conv + Add of [C,
/// 1, …] gets a bias, MatMul of rank 2 + Add of [N] or [1, N] becomes Gemm. So the shift is added in int32,
/// as the scheme says. Returns how many were folded.
Result<int> fold_shifts(onnx::ModelProto& model);

/// Up to opset 12, Softmax, LogSoftmax and Hardmax flatten their input to a matrix at `axis`; from 13 on they
/// work along that axis. Where it is not the last, the flattening becomes nodes of its own, which mean the
/// same in both. Errors: unimplemented when the rank of an input is unknown.
Result<void> flatten_softmax(onnx::ModelProto& model);

/// Converts the model to opset 13, the first with per-channel DequantizeLinear; a newer one is left alone.
/// Keeps metadata. Errors: unimplemented when ONNX's version converter cannot.
Result<void> raise_opset(onnx::ModelProto& model);

/// All of it: constants and batch norms folded, shifts folded, opset raised, unused parts removed.
Result<void> prepare(onnx::ModelProto& model);

}  // namespace mtc::quantize
