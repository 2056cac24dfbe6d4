// SPDX-License-Identifier: Apache-2.0
//
// Constants of quantized nodes to integer initializers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/quantize/placement.hpp"
#include "plugins/quantize/rewrite.hpp"
#include "plugins/quantize/scheme.hpp"

namespace mtc::quantize {

struct RewrittenWeights {
  std::vector<onnx::NodeProto> nodes;  ///< The DequantizeLinear nodes, to stand before all others.
  std::vector<QuantizedWeight> weights;
};

/// Adds the integer initializers of every quantized Conv, Gemm and MatMul and points the nodes, and all other
/// readers of these weights, at their DequantizeLinear. `input_scales`: scale of each quantized activation.
Result<RewrittenWeights> rewrite_weights(onnx::GraphProto& graph, const Placement& placement,
                                         const std::map<std::string, float>& input_scales,
                                         const Scheme& scheme);

}  // namespace mtc::quantize
