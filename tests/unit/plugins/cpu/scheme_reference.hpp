// SPDX-License-Identifier: Apache-2.0
//
// The scheme qdq.u8s8.per-channel/1 in scalar loops over ONNX tensors, written from its text and sharing
// nothing with the generated code: an interpreter of QDQ models, batch 1, for the operators of the tests.
//
//   uint8 activations q with real = (q - zx) * sx; int8 weights, one scale for each output channel
//   Conv, Gemm, MatMul: acc = bias + sum (q - zx) * w in int32; q' = saturate(half_even(acc * ((sx * sw) /
//   sy)) + zy) Add: half_even(((a - za) * sa + (b - zb) * sb) / sy) + zy, saturated, in float32 AveragePool:
//   acc = sum (q - zx); half_even(acc * (sx / (sy * count))) + zy MaxPool: the largest q. Relu, Clip: limits
//   at the codes of their bounds. Everything else: float between DQ and Q.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace mtc::cpu::test {

/// A tensor in ONNX order.
struct Reference {
  std::vector<std::int64_t> shape;
  std::vector<float> real;   ///< Values of a float tensor; codes of an integer one.
  bool integer = false;      ///< Codes: the output of a QuantizeLinear, or of an operator that moves codes.
  bool dequantized = false;  ///< The codes stand for (q - zero_point) * scale.
  float scale = 0;
  int zero_point = 0;
  // An accumulator that has not met its QuantizeLinear: real[i] = accumulator[i] * unit[i].
  std::vector<std::int32_t> accumulator;
  std::vector<float> unit;     ///< sx * sw, or sx for averages, for each element.
  std::vector<float> divisor;  ///< Count of each element for averages, else empty.
  float low = 0, high = 0;     ///< Limits of an activation behind the accumulator.
};

/// All tensors of the model for `inputs` (by graph input, in order).
std::map<std::string, Reference> evaluate(const onnx::ModelProto& model,
                                          const std::vector<std::vector<float>>& inputs);

}  // namespace mtc::cpu::test
