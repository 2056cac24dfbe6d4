// SPDX-License-Identifier: Apache-2.0
//
// Runs a plan: for each action a hit in the store, or a worker; then gates, materialised outputs and a
// report.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

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
  std::function<int()>
      stop_number;       ///< The signal that uttered it, 0 for none: gives the exit code; may be empty.
  double timeout_s = 0;  ///< Of each action; 0 = none.
  double stall_timeout_s = 0;
  double lock_timeout_s = 0;  ///< Longest wait for another run of the same action; 0 = as long as it takes.
  std::uint64_t memory_bytes = 0;   ///< Of each action, where its stage says nothing; 0 = no limit.
  int jobs = 1;                     ///< Slots for stages and what they start, 1 or more.
  bool keep_going = false;          ///< After a failure run everything that does not depend on it.
  remote::Cache* remote = nullptr;  ///< Results beyond this machine; may be null.
  std::set<std::string> rerun;      ///< Stages, or variants of stages, that run though there is a result.
  /// Of actions of the plan: the key that each must have, or else it fails before it runs (exit code 2).
  std::map<std::size_t, Digest> expected_keys;
};

/// Runs `plan`, as many stages at once as `jobs` and their resources allow. Events go to `events` and to
/// runs/<id>/events.jsonl of the store; the report also to run.json there. Errors: only what kept the run
/// from starting, as invalid_argument for a folder `out` that cannot be written; a failed stage is in the
/// report.
Result<RunReport> run_plan(const pipeline::Plan& plan, store::Store& store, Events& events,
                           const RunOptions& options);

}  // namespace mtc::run
