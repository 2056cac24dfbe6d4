// SPDX-License-Identifier: Apache-2.0
//
// Runs a plan: for each action a hit in the store, or a worker; then gates, materialised outputs and a
// report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/remote/cache.hpp"
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
  kRemoteFailed = 8,
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
  double lock_timeout_s = 0;  ///< Longest wait for another run of the same action; 0 = as long as it takes.
  std::uint64_t memory_bytes = 0;   ///< Of each action, where its stage says nothing; 0 = no limit.
  int jobs = 1;                     ///< Slots for stages and what they start, 1 or more.
  bool keep_going = false;          ///< After a failure run everything that does not depend on it.
  remote::Cache* remote = nullptr;  ///< Results beyond this machine; may be null.
};

/// Runs `plan`, as many stages at once as `jobs` and their resources allow. Events go to `events` and to
/// runs/<id>/events.jsonl of the store; the report also to run.json there. Errors: only what kept the run
/// from starting, as invalid_argument for a folder `out` that cannot be written; a failed stage is in the
/// report.
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

}  // namespace mtc::run
