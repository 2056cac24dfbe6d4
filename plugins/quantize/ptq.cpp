// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/ptq.hpp"

#include <set>
#include <utility>

#include "plugins/quantize/errors.hpp"
#include "plugins/quantize/observe.hpp"
#include "plugins/quantize/prepare.hpp"
#include "plugins/support/onnx/model.hpp"

namespace mtc::quantize {
namespace {

/// The ranges that the method chooses, and what was observed.
Result<std::vector<ActivationReport>> calibrate(autograd::Executor& executor, const Samples& samples,
                                                const std::vector<Group>& groups, const Streaming& streaming,
                                                const Options& options, const Monitor& monitor) {
  MTC_ASSIGN(const auto observed, observe_ranges(executor, samples, groups, streaming, monitor));
  std::vector<Histogram> histograms;
  if (options.method == Method::minmax) {
    for (const auto& range : observed) histograms.emplace_back(range, std::size_t{1});
  } else {
    MTC_ASSIGN(histograms, observe_histograms(executor, samples, groups, observed, streaming, monitor));
  }
  std::vector<ActivationReport> activations;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Range chosen = choose_range(histograms[i], options.method, options.percentile, options.scheme);
    activations.push_back({groups[i], observed[i], chosen, affine_of(chosen, options.scheme)});
  }
  return activations;
}

std::string calibration_text(const Options& options, std::size_t samples) {
  std::string text(method_name(options.method));
  if (options.method == Method::percentile) text.append(":").append(std::to_string(options.percentile));
  return text.append(" samples:").append(std::to_string(samples));
}

/// The tensors that the report compares: layers first, then graph outputs. Only float tensors have an error.
std::vector<DeviationReport> compared_tensors(const onnx::ModelProto& model, const Placement& placement,
                                              const Rewritten& rewritten,
                                              const std::set<std::string>& floats) {
  std::vector<DeviationReport> compared;
  for (const auto& node : placement.nodes) {
    const auto codes = rewritten.dequantized.find(node.output);
    const auto& carried = codes == rewritten.dequantized.end() ? node.output : codes->second;
    compared.push_back({node.node, node.output, carried, 0.0, 0.0});
  }
  for (const auto& output : model.graph().output()) {
    if (floats.contains(output.name())) compared.push_back({{}, output.name(), output.name(), 0.0, 0.0});
  }
  return compared;
}

Result<void> fill_errors(Outcome& outcome, std::vector<DeviationReport> compared,
                         autograd::Executor& reference, const Samples& samples, const Streaming& streaming,
                         const Options& options, const Monitor& monitor) {
  MTC_ASSIGN(auto quantized, autograd::Executor::create(outcome.model, {false, false, options.threads}));
  std::vector<Compared> tensors;
  for (const auto& entry : compared) tensors.push_back({entry.tensor, entry.quantized_tensor});
  MTC_ASSIGN(const auto measured, measure_deviations(reference, quantized, samples, options.report_samples,
                                                     tensors, streaming, monitor));
  for (std::size_t i = 0; i < compared.size(); ++i) {
    compared[i].sqnr_db = measured.deviations[i].sqnr_db();
    compared[i].cosine = measured.deviations[i].cosine();
    auto& list = compared[i].node.empty() ? outcome.report.outputs : outcome.report.layers;
    list.push_back(std::move(compared[i]));
  }
  outcome.report.error_samples = measured.samples;
  return {};
}

}  // namespace

Result<Outcome> quantize(const onnx::ModelProto& model, const Samples& samples, const Options& options,
                         const Monitor& monitor) {
  Outcome outcome;
  outcome.float_model = model;
  MTC_TRY(prepare(outcome.float_model));
  MTC_ASSIGN(const std::size_t batch, batch_size(outcome.float_model, samples, options.batch));
  const Streaming streaming{batch, fixes_batch(outcome.float_model), options.bins};
  MTC_ASSIGN(auto executor, autograd::Executor::create(outcome.float_model, {false, false, options.threads}));
  MTC_ASSIGN(const auto floats, float_tensors(executor, samples, streaming));
  MTC_ASSIGN(auto placement, place(outcome.float_model, options.scheme, floats));
  auto& report = outcome.report;
  MTC_ASSIGN(report.activations, calibrate(executor, samples, placement.groups, streaming, options, monitor));

  std::vector<Affine> affines;
  for (const auto& activation : report.activations) affines.push_back(activation.affine);
  outcome.model = outcome.float_model;
  MTC_ASSIGN(auto rewritten, rewrite(outcome.model, placement, affines, options.scheme));
  report.calibration_samples = streaming.whole ? samples.count / batch * batch : samples.count;
  model::set_metadata(outcome.model, "mtc.quant.scheme", options.scheme.id);
  model::set_metadata(outcome.model, "mtc.quant.calibration",
                      calibration_text(options, report.calibration_samples));
  if (options.report_samples > 0) {
    MTC_TRY(fill_errors(outcome, compared_tensors(outcome.model, placement, rewritten, floats), executor,
                        samples, streaming, options, monitor));
  }
  report.weights = std::move(rewritten.weights);
  report.left_float = std::move(placement.left_float);
  report.quantized_nodes = placement.nodes.size();
  return outcome;
}

}  // namespace mtc::quantize
