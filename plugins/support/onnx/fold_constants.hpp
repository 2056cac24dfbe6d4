// SPDX-License-Identifier: Apache-2.0
//
// The two halves of fold_constants, of which shape inference needs only the first.
#pragma once

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// Runs ONNX's shape inference with data propagation over `model`, which it annotates. Only for opset ≤ 17.
/// Errors: invalid_argument with the message of ONNX.
Result<void> annotate_shapes(onnx::ModelProto& model);

/// Replaces nodes whose output is known by initializers, to a fixed point. Returns how many nodes are gone.
Result<int> fold_known_values(onnx::ModelProto& model);

}  // namespace mtc::model
