// SPDX-License-Identifier: Apache-2.0
//
// The stages evaluate.classification and evaluate.agreement: host in, numbers and report out.
#include "mtc/plugin.hpp"

#include <cstdint>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/evaluate/agreement.hpp"
#include "plugins/evaluate/classification.hpp"
#include "plugins/evaluate/predictions.hpp"
#include "plugins/evaluate/report.hpp"

namespace mtc::evaluate {
namespace {

Result<Predictions> load_input(const sdk::Host& host, std::string_view name) {
  MTC_ASSIGN(const std::string folder, host.input(name));
  return load_predictions(folder);
}

Result<std::vector<std::int64_t>> load_labels(const sdk::Host& host) {
  MTC_ASSIGN(const auto info, host.dataset("data"));
  if (!info.has_labels) {
    return Error{Code::failed_precondition, "the dataset has no labels, so there is no accuracy", "data",
                 "give `labels`, or compare with a baseline by evaluate.agreement"};
  }
  std::vector<std::uint64_t> indices(info.samples);
  std::iota(indices.begin(), indices.end(), std::uint64_t{0});
  return host.labels("data", indices);
}

Result<void> publish(const sdk::Host& host, const Metrics& metrics, const std::string& report) {
  for (const auto& [name, value] : metrics) MTC_TRY(host.metric(name, value));
  MTC_ASSIGN(const std::string path, host.output("report"));
  return write_report(path, report);
}

std::string percent(double fraction) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", 100 * fraction);
  return text;
}

void say_what_is_odd(const sdk::Host& host, const Classification& result) {
  if (result.nan_rows != 0) {
    host.warning("the outputs of " + std::to_string(result.nan_rows) + " of " +
                 std::to_string(result.samples) +
                 " samples hold NaN and count as wrong: check the model's weights and `preprocess`");
  }
  if (near_chance(result)) {
    host.warning("top-1 of " + percent(result.top1_interval.low) + " to " +
                 percent(result.top1_interval.high) + " cannot be told from guessing (" +
                 percent(1 / static_cast<double>(result.classes)) +
                 "): check preprocess (and labels, label_offset)");
  }
}

Result<void> run_classification(const sdk::Host& host) {
  MTC_ASSIGN(const double confidence, host.number("confidence"));
  MTC_ASSIGN(const auto labels, load_labels(host));
  MTC_ASSIGN(const Predictions predictions, load_input(host, "predictions"));
  MTC_ASSIGN(const Scores scores, class_scores(predictions));
  MTC_ASSIGN(const std::size_t baselines, host.input_count("baseline"));
  std::optional<Predictions> baseline;
  std::optional<Scores> baseline_scores;
  if (baselines != 0) {
    MTC_ASSIGN(baseline, load_input(host, "baseline"));
    MTC_TRY(check_comparable(predictions, *baseline));
    MTC_ASSIGN(baseline_scores, class_scores(*baseline));
  }
  MTC_ASSIGN(const Classification result, classify(scores, labels, baseline_scores, confidence));
  say_what_is_odd(host, result);
  return publish(host, metrics_of(result), report_text(result, confidence));
}

Result<void> run_agreement(const sdk::Host& host) {
  MTC_ASSIGN(const Predictions predictions, load_input(host, "predictions"));
  MTC_ASSIGN(const Predictions baseline, load_input(host, "baseline"));
  MTC_TRY(check_comparable(predictions, baseline));
  MTC_ASSIGN(const Agreement result, compare_outputs(predictions, baseline));
  return publish(host, metrics_of(result), report_text(result));
}

Result<void> run(sdk::Host& host, std::string_view stage) {
  if (stage == "evaluate.classification") return run_classification(host);
  if (stage == "evaluate.agreement") return run_agreement(host);
  return Error{
      Code::unimplemented, "no stage '" + std::string(stage) + "'", "plugin evaluate", {}, false, true};
}

}  // namespace
}  // namespace mtc::evaluate

MTC_STAGE_PLUGIN(mtc::evaluate::run)
