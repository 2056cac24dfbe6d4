// SPDX-License-Identifier: Apache-2.0
//
// Which initializers are trained, and which BatchNormalization updates.
#pragma once

#include <set>
#include <string>

#include <onnx/onnx_pb.h>

namespace mtc::autograd {

struct ParameterNames {
  std::set<std::string> trainable;
  std::set<std::string> statistics;  ///< Running means and variances.
};

/// Trainable: a float initializer that a node reads as data. Not trainable: running statistics, scales of
/// QuantizeLinear and DequantizeLinear, bounds of Clip, exponents of Pow, values of Pad, scales and regions
/// of Resize and Upsample, and single numbers in arithmetic (an epsilon, a factor): they are settings of the
/// network.
ParameterNames parameter_names(const onnx::GraphProto& graph);

}  // namespace mtc::autograd
