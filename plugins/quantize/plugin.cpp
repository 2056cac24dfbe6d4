// SPDX-License-Identifier: Apache-2.0
//
// Stage quantize.ptq: parameters, files and data in, quantize(), model and report out.
#include "mtc/plugin.hpp"

#include <string>

#include "plugins/quantize/ptq.hpp"
#include "plugins/quantize/report.hpp"
#include "plugins/support/onnx/model.hpp"

namespace {

using mtc::Result;

Result<std::size_t> size(const mtc::sdk::Host& host, std::string_view name) {
  MTC_ASSIGN(const std::int64_t value, host.integer(name));
  return static_cast<std::size_t>(value);
}

Result<mtc::quantize::Options> read_options(const mtc::sdk::Host& host) {
  mtc::quantize::Options options;
  MTC_ASSIGN(options.scheme, mtc::quantize::read_scheme(host));
  MTC_ASSIGN(const std::string method, host.text("calibration"));
  MTC_ASSIGN(options.method, mtc::quantize::parse_method(method));
  MTC_ASSIGN(options.percentile, host.number("percentile"));
  MTC_ASSIGN(options.bins, size(host, "bins"));
  MTC_ASSIGN(options.batch, size(host, "batch"));
  MTC_ASSIGN(options.report_samples, size(host, "report_samples"));
  MTC_ASSIGN(const std::int64_t threads, host.integer("threads"));
  options.threads = static_cast<int>(threads);
  return options;
}

Result<mtc::quantize::Samples> open_samples(const mtc::sdk::Host& host) {
  MTC_ASSIGN(const auto info, host.dataset("data"));
  return mtc::quantize::Samples{info.samples, info.shape, info.dtype,
                                [&host](std::span<const std::uint64_t> indices, std::span<std::byte> out) {
                                  return host.read("data", indices, out);
                                }};
}

void log_summary(const mtc::sdk::Host& host, const mtc::quantize::Report& report) {
  host.info(std::to_string(report.quantized_nodes) + " nodes compute on integers, " +
            std::to_string(report.left_float.size()) + " stay in float");
  for (const auto& entry : report.left_float) host.info("float: " + entry.node + ": " + entry.reason);
}

Result<void> run(mtc::sdk::Host& host, std::string_view /*stage*/) {
  MTC_ASSIGN(const auto options, read_options(host));
  MTC_ASSIGN(const std::string input, host.input("model"));
  MTC_ASSIGN(const auto model, mtc::model::load(input));
  MTC_ASSIGN(const auto samples, open_samples(host));
  const mtc::quantize::Monitor monitor = [&host](const std::string& phase, std::size_t done,
                                                 std::size_t total, const std::string& unit) {
    host.progress(phase, done, total, unit);
    return host.check_cancelled();
  };
  MTC_ASSIGN(const auto outcome, mtc::quantize::quantize(model, samples, options, monitor));
  log_summary(host, outcome.report);
  MTC_ASSIGN(const std::string model_path, host.output("model"));
  MTC_TRY(mtc::model::save(outcome.model, model_path));
  MTC_ASSIGN(const std::string report_path, host.output("report"));
  MTC_TRY(mtc::quantize::write_report(outcome.report, options, report_path));
  MTC_TRY(host.metric("layers_quantized", static_cast<double>(outcome.report.quantized_nodes)));
  if (outcome.report.outputs.empty()) return {};
  return host.metric("sqnr_db", outcome.report.outputs.front().sqnr_db);
}

}  // namespace

MTC_STAGE_PLUGIN(run)
