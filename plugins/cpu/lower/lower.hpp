// SPDX-License-Identifier: Apache-2.0
//
// ONNX → program: every operator becomes layers of fixed size, QDQ patterns become integer layers.
#pragma once

#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/cpu/lower/ir.hpp"

namespace onnx {
class ModelProto;
}

namespace mtc::cpu {

/// Names of the operators that `lower` knows, sorted.
std::vector<std::string> supported_operators();

/// Batch normalisations are folded, the batch is set to 1, constants are folded, then each node is lowered.
/// `model` is edited. What a DequantizeLinear feeds and a QuantizeLinear takes becomes integer arithmetic for
/// Conv, Gemm, MatMul, Add and pooling; everything else runs in float between the two. Errors: unimplemented,
/// naming operator and node, for operators, versions, attributes, element types and shapes that are not
/// supported; invalid_argument where the model contradicts itself or its quantization scheme.
Result<Program> lower(onnx::ModelProto& model);

}  // namespace mtc::cpu
