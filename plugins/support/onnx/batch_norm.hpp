// SPDX-License-Identifier: Apache-2.0
//
// What a BatchNormalization of inference is: a factor and a summand for each channel.
// Source: ONNX BatchNormalization-7…15: y = (x - mean) / sqrt(var + epsilon) * scale + B.
#pragma once

#include <optional>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/support/onnx/graph.hpp"

namespace mtc::model {

/// y = x * scale + shift, per channel.
struct Affine {
  std::vector<double> scale;
  std::vector<double> shift;
};

/// A BatchNormalization whose statistics are inputs and whose only output is y.
bool is_inference_form(const onnx::NodeProto& norm);

/// Its factors and summands; nothing where a parameter is not constant. Errors: invalid_argument for
/// parameters of different lengths and for a variance that is not positive with epsilon.
Result<std::optional<Affine>> affine_of(const onnx::NodeProto& norm, const GraphIndex& index);

}  // namespace mtc::model
