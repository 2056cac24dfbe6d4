// SPDX-License-Identifier: Apache-2.0
//
// Post-training quantization of a model, from float ONNX to QDQ ONNX with an error report.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/quantize/calibration.hpp"
#include "plugins/quantize/placement.hpp"
#include "plugins/quantize/rewrite.hpp"
#include "plugins/quantize/samples.hpp"
#include "plugins/quantize/scheme.hpp"

namespace mtc::quantize {

struct Options {
  Scheme scheme;
  Method method = Method::mse;
  double percentile = 0.9999;
  std::size_t bins = 2048;
  std::size_t batch = 32;
  std::size_t report_samples = 64;
  int threads = 1;
};

/// One group of activations: what was seen, what was chosen.
struct ActivationReport {
  Group group;
  Range observed;
  Range chosen;
  Affine affine;
};

/// One compared tensor of the two models: the output of a quantized node (after a fused Relu or Clip), or of
/// the model.
struct DeviationReport {
  std::string node;  ///< Empty for a graph output.
  std::string tensor;
  std::string quantized_tensor;
  double sqnr_db = 0.0;
  double cosine = 0.0;
};

struct Report {
  std::size_t calibration_samples = 0;
  std::size_t error_samples = 0;
  std::vector<ActivationReport> activations;
  std::vector<QuantizedWeight> weights;
  std::vector<DeviationReport> layers;   ///< Empty when no report samples were asked for.
  std::vector<DeviationReport> outputs;  ///< Likewise.
  std::vector<LeftFloat> left_float;
  std::size_t quantized_nodes = 0;
};

struct Outcome {
  onnx::ModelProto model;        ///< Quantized.
  onnx::ModelProto float_model;  ///< What it is compared with: the input after prepare().
  Report report;
};

/// Quantizes `model`. Two passes over the samples (ranges, then histograms where the method needs them), then
/// the report's. The result carries mtc.quant.scheme and mtc.quant.calibration in its metadata, beside what
/// it had. Errors: those of prepare(), place(), batch_size(), observe_*() and the executor; cancelled through
/// `monitor`.
Result<Outcome> quantize(const onnx::ModelProto& model, const Samples& samples, const Options& options,
                         const Monitor& monitor);

}  // namespace mtc::quantize
