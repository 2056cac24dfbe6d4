// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/quality.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "cli/mtc/summary.hpp"

namespace mtc::cli {
namespace {

constexpr double kLargestDrop = 0.01;
constexpr double kLeastSqnrDb = 10;

std::optional<double> metric_of(const run::StageReport& stage, const std::string& name) {
  const auto found = stage.metrics.find(name);
  return found == stage.metrics.end() ? std::nullopt : std::optional(found->second);
}

/// Whether the stage runs something quantized on data.
bool scores_quantized(const pipeline::Plan& plan, const pipeline::Variant& variant) {
  return std::ranges::any_of(variant.actions, [&](std::size_t index) {
    const auto& action = plan.actions[index];
    return action.kind == "predict" && comes_from_quantize(plan, action.inputs.front().source);
  });
}

/// What the stage found; empty where all is well.
std::string loss(const run::StageReport& stage) {
  const auto drop = metric_of(stage, "top1_drop");
  const auto low = metric_of(stage, "top1_drop_low");
  const auto high = metric_of(stage, "top1_drop_high");
  if (drop && low && high && *drop > kLargestDrop && *low > 0) {
    return fmt::format("the quantized model loses {:.1f} points of top-1 (95 %: {:.1f} to {:.1f})",
                       *drop * 100, *low * 100, *high * 100);
  }
  const auto sqnr = metric_of(stage, "sqnr_db");
  if (!sqnr || *sqnr >= kLeastSqnrDb) return {};
  return fmt::format("an output of the quantized model is only {:.1f} dB above its error", *sqnr);
}

}  // namespace

std::vector<std::string> quality_warnings(const run::RunReport& report, const pipeline::Plan& plan) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < report.stages.size(); ++i) {
    const auto& stage = report.stages[i];
    if (!stage.gates.empty() || !scores_quantized(plan, plan.variants[i])) continue;
    if (const auto text = loss(stage); !text.empty()) {
      warnings.push_back(
          fmt::format("warning: {}\n  at stage '{}'\n  hint: calibrate on other or more data, or "
                      "another way; a gate makes this an error",
                      text, plan.variants[i].name()));
    }
  }
  return warnings;
}

}  // namespace mtc::cli
