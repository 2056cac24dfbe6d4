// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/report.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace mtc::evaluate {
namespace {

using Json = nlohmann::json;

double fraction(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

Json per_class(const Classification& result) {
  Json list = Json::array();
  for (std::size_t c = 0; c < result.class_samples.size(); ++c) {
    const auto samples = result.class_samples[c];
    Json entry = {{"class", c}, {"samples", samples}, {"right", result.class_right[c]}, {"recall", nullptr}};
    if (samples != 0) entry["recall"] = fraction(result.class_right[c], samples);
    list.push_back(std::move(entry));
  }
  return list;
}

Json paired(const Comparison& comparison) {
  return {{"both_right", comparison.counts.both},
          {"only_baseline_right", comparison.counts.first},
          {"only_this_right", comparison.counts.second},
          {"both_wrong", comparison.counts.neither},
          {"agreement_low", comparison.agreement_interval.low},
          {"agreement_high", comparison.agreement_interval.high}};
}

}  // namespace

Metrics metrics_of(const Classification& result) {
  Metrics metrics = {{"samples", static_cast<double>(result.samples)},
                     {"top1", fraction(result.top1, result.samples)},
                     {"top1_low", result.top1_interval.low},
                     {"top1_high", result.top1_interval.high}};
  if (result.top5) metrics["top5"] = fraction(*result.top5, result.samples);
  if (result.comparison) {
    metrics["agreement"] = result.comparison->agreement;
    metrics["top1_drop"] = result.comparison->drop;
    metrics["top1_drop_low"] = result.comparison->drop_interval.low;
    metrics["top1_drop_high"] = result.comparison->drop_interval.high;
  }
  return metrics;
}

Metrics metrics_of(const Agreement& result) {
  const OutputAgreement summary = result.summary();
  return {{"samples", static_cast<double>(result.samples)},
          {"agreement", summary.agreement},
          {"sqnr_db", summary.sqnr_db},
          {"cosine", summary.cosine},
          {"max_abs_error", summary.max_abs_error}};
}

std::string report_text(const Classification& result, double confidence) {
  Json confusions = Json::array();
  for (const auto& pair : result.confusions) {
    confusions.push_back({{"label", pair.label}, {"predicted", pair.predicted}, {"samples", pair.samples}});
  }
  Json report = {{"schema", "mtc.evaluate.classification/1"},
                 {"metrics", metrics_of(result)},
                 {"confidence", confidence},
                 {"samples", result.samples},
                 {"classes", result.classes},
                 {"chance", 1 / static_cast<double>(result.classes)},
                 {"near_chance", near_chance(result)},
                 {"rows_with_nan", result.nan_rows},
                 {"rows_with_tie", result.tied_rows},
                 {"per_class", per_class(result)},
                 {"confusions", std::move(confusions)}};
  if (result.comparison) report["paired"] = paired(*result.comparison);
  return report.dump(2) + "\n";
}

std::string report_text(const Agreement& result) {
  Json outputs = Json::array();
  for (const auto& output : result.outputs) {
    outputs.push_back({{"name", output.name},
                       {"agreement", output.agreement},
                       {"sqnr_db", output.sqnr_db},
                       {"cosine", output.cosine},
                       {"max_abs_error", output.max_abs_error}});
  }
  const Json report = {{"schema", "mtc.evaluate.agreement/1"},
                       {"metrics", metrics_of(result)},
                       {"samples", result.samples},
                       {"outputs", std::move(outputs)}};
  return report.dump(2) + "\n";
}

Result<void> write_report(const std::string& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.flush();
  if (!stream) return Error{Code::resource_exhausted, "cannot write the report", path, "check free space"};
  return {};
}

}  // namespace mtc::evaluate
