// SPDX-License-Identifier: Apache-2.0
//
// One variant of a stage: its actions one after another, its outputs laid out for people, its gates. Internal
// to core/run.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/run/action_runner.hpp"
#include "core/run/events.hpp"
#include "core/run/report.hpp"
#include "core/run/runner.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// Runs the variants of one plan. Different variants may run on different threads, each after those that it
/// needs.
class VariantRunner {
 public:
  /// `stages` are the reports of all variants, filled in by start_report(); they and the rest must outlive
  /// this.
  VariantRunner(const pipeline::Plan& plan, store::Store& store, Events& events, const RunOptions& options,
                ActionRunner& actions, std::vector<StageReport>& stages)
      : plan_(plan), store_(store), events_(events), options_(options), actions_(actions), stages_(stages) {}

  /// What is known of a variant before it runs.
  static StageReport start_report(const pipeline::Plan& plan, const pipeline::Variant& variant);

  /// Runs variant `index` and fills in its report.
  void run(std::size_t index);
  /// Reports that variant `index` will not run.
  void skip(std::size_t index);

 private:
  void run_actions(const pipeline::Variant& variant, StageReport& stage);
  Result<void> lay_out(const pipeline::Variant& variant, StageReport& stage);
  void check_gates(const pipeline::Variant& variant, StageReport& stage);
  void finished(const pipeline::Variant& variant, const StageReport& stage);

  const pipeline::Plan& plan_;
  store::Store& store_;
  Events& events_;
  const RunOptions& options_;
  ActionRunner& actions_;
  std::vector<StageReport>& stages_;
};

}  // namespace mtc::run
