// SPDX-License-Identifier: Apache-2.0
//
// One function for each operator: it reads the node's inputs from the context, adds layers and binds the
// outputs.
#pragma once

#include "mtc/result.hpp"
#include "plugins/cpu/lower/context.hpp"

namespace mtc::cpu {

using LowerFunction = Result<void> (*)(Context& context, const onnx::NodeProto& node);

Result<void> lower_conv(Context& context, const onnx::NodeProto& node);
Result<void> lower_identity(Context& context, const onnx::NodeProto& node);
Result<void> lower_gemm(Context& context, const onnx::NodeProto& node);
Result<void> lower_matmul(Context& context, const onnx::NodeProto& node);
Result<void> lower_pool(Context& context, const onnx::NodeProto& node);
Result<void> lower_binary(Context& context, const onnx::NodeProto& node);
Result<void> lower_unary(Context& context, const onnx::NodeProto& node);
Result<void> lower_softmax(Context& context, const onnx::NodeProto& node);
Result<void> lower_reshape(Context& context, const onnx::NodeProto& node);
Result<void> lower_transpose(Context& context, const onnx::NodeProto& node);
Result<void> lower_slice(Context& context, const onnx::NodeProto& node);
Result<void> lower_pad(Context& context, const onnx::NodeProto& node);
Result<void> lower_concat(Context& context, const onnx::NodeProto& node);
Result<void> lower_quantize(Context& context, const onnx::NodeProto& node);
Result<void> lower_dequantize(Context& context, const onnx::NodeProto& node);

}  // namespace mtc::cpu
