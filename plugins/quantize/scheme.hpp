// SPDX-License-Identifier: Apache-2.0
//
// The quantization scheme that a target's capability document asks for (sections `quant`).
#pragma once

#include <string>
#include <vector>

#include "mtc/plugin.hpp"
#include "mtc/result.hpp"

namespace mtc::quantize {

/// Scheme qdq.u8s8.per-channel/1: activations uint8, asymmetric, per tensor; weights int8, symmetric, per
/// output channel; bias int32 at scale sx·sw.
struct Scheme {
  std::string id = "qdq.u8s8.per-channel/1";
  int weight_min = -127;
  int weight_max = 127;
  int activation_min = 0;
  int activation_max = 255;
  /// Operators whose inputs are quantized.
  std::vector<std::string> inputs{"Conv",    "Gemm",        "MatMul",           "Add",
                                  "MaxPool", "AveragePool", "GlobalAveragePool"};
};

/// Reads target.quant.* of the chosen target.
/// Errors: unimplemented when the scheme, one of its types or an operator of quant.inputs is none that this
/// plugin implements (it names those it does); invalid_argument when no target was given.
Result<Scheme> read_scheme(const sdk::Host& host);

}  // namespace mtc::quantize
