// SPDX-License-Identifier: Apache-2.0
//
// Writes a placement into the graph: Q/DQ pairs on activations, integer weights and biases with
// DequantizeLinear.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/quantize/calibration.hpp"
#include "plugins/quantize/placement.hpp"
#include "plugins/quantize/scheme.hpp"

namespace mtc::quantize {

/// One integer weight of the result.
struct QuantizedWeight {
  std::string name;  ///< Of the float weight.
  std::string node;
  std::size_t channels = 0;
  float smallest_scale = 0.0F;
  float largest_scale = 0.0F;
};

struct Rewritten {
  std::map<std::string, std::string> dequantized;  ///< Tensor → the output of its DequantizeLinear.
  std::vector<QuantizedWeight> weights;
};

/// Rewrites `model` in place; `affines[i]` belongs to `placement.groups[i]`, whose indices are those of
/// `model`. An activation T becomes T → QuantizeLinear → DequantizeLinear → its readers: all of them when its
/// producer computes on integers, else the quantized ones alone. A graph output keeps its name and its float
/// value. Weights become int8 initializers with one scale an output channel, biases int32 at scale sx·sw; the
/// float originals are removed. ONNX QuantizeLinear-13, DequantizeLinear-13. Errors: those of reading the
/// initializers.
Result<Rewritten> rewrite(onnx::ModelProto& model, const Placement& placement,
                          const std::vector<Affine>& affines, const Scheme& scheme);

}  // namespace mtc::quantize
