// SPDX-License-Identifier: Apache-2.0
//
// Runs a plan: for each action a hit in the store, or a worker; then gates, materialised outputs and a
// report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/run/events.hpp"
#include "core/run/report.hpp"
#include "core/run/worker.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// Exit codes of mtc (docs/cli.md).
enum ExitCode : int {
  kOk = 0,
  kStageFailed = 1,
  kUsage = 2,
  kPluginMissing = 3,
  kGateFailed = 4,
  kPluginCrashed = 5,
  kTimeout = 6,
  kUnavailable = 7,
  kLockTimeout = 9,
  kPlanHasWork = 10,
  kBug = 70,
  kInterrupted = 130,
  kTerminated = 143,
};

struct RunOptions {
  std::filesystem::path worker;  ///< mtc-worker
  std::filesystem::path out;     ///< Where outputs are laid out for people; empty = nowhere.
  bool reuse_records = false;    ///< Measurements: replay the newest record instead of measuring.
  StopSignal stop;
  double timeout_s = 0;  ///< Of each action; 0 = none.
  double stall_timeout_s = 0;
};

/// Runs `plan`. Events go to `events` and to runs/<id>/events.jsonl of the store; the report also to run.json
/// there. Errors: only what kept the run from starting; a failed stage is in the report.
Result<RunReport> run_plan(const pipeline::Plan& plan, store::Store& store, Events& events,
                           const RunOptions& options);

/// What a run would do with a variant.
struct PlannedStage {
  std::string name;
  std::string uses;
  std::string
      status;  ///< hit, run, measure (a measurement: not pending work), unknown (an input is not known yet)
  std::string reason;
  Digest key;  ///< Of the stage's own action; empty when unknown.
};

/// Looks every action up without running any.
Result<std::vector<PlannedStage>> inspect_plan(const pipeline::Plan& plan, store::Store& store);

/// A file name for a variant: letters, digits and a few signs are kept, the rest becomes '_'.
std::string file_name(const std::string& text);

}  // namespace mtc::run
