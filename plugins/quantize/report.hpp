// SPDX-License-Identifier: Apache-2.0
//
// The report of a quantization as a JSON file.
#pragma once

#include <string>

#include "mtc/result.hpp"
#include "plugins/quantize/ptq.hpp"

namespace mtc::quantize {

/// Writes `report` to `path`: {scheme, calibration, calibration_samples, error_samples, outputs: [{tensor,
/// sqnr_db, cosine}], layers: [{node, tensor, quantized_tensor, sqnr_db, cosine}], activations: [{name,
/// tensors, observed, range, scale, zero_point}], weights: [{tensor, node, channels, scales}], left_float:
/// [{node, reason}]}. Errors: resource_exhausted when the disk is full.
Result<void> write_report(const Report& report, const Options& options, const std::string& path);

}  // namespace mtc::quantize
