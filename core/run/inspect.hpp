// SPDX-License-Identifier: Apache-2.0
//
// What a run would do, without running: every action looked up in the store, and in the remote cache where
// one is given; why, and how long it will take.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/pipeline/reason.hpp"
#include "core/run/explainer.hpp"
#include "core/run/runner.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// What a run would do with an action.
struct PlannedAction {
  std::size_t action = 0;  ///< Of the plan.
  std::string status;      ///< hit remote_hit measure unknown run, as PlannedStage.
  std::string document;    ///< With "?STAGE" in place of digests that are not known yet.
  Digest key;              ///< Empty when unknown.
  Explanation why;
  std::optional<double> estimate_seconds;  ///< Of a worker; 0 for a hit.
};

/// What it would do with a variant.
struct PlannedStage {
  std::string name;
  std::string uses;
  /// hit; remote_hit; measure (a measurement: not pending work); unknown (an input is not known yet); run.
  /// The last of these that one of its actions has, but measure before unknown.
  std::string status = "hit";
  pipeline::Reasons reasons;  ///< Of the actions that have this status.
  Digest key;                 ///< Of the stage's own action; empty when unknown.
  std::vector<PlannedAction> actions;
  std::optional<double> estimate_seconds;  ///< Of all its actions; nullopt when one is not known.
};

/// Times of a whole plan, as far as they are known.
struct PlanEstimate {
  double work_seconds = 0;  ///< Sum: what a run with -j 1 takes.
  double path_seconds = 0;  ///< Of the longest chain of stages: what no -j can do better than.
  std::size_t without = 0;  ///< Stages that have to run, or may have to, and have no estimate.
};

/// Looks every action up without running any. Of `options` it reads `remote`, `reuse_records` and `rerun`.
/// Without a remote cache nothing leaves the machine; with one, entries are asked for and no blobs.
Result<std::vector<PlannedStage>> inspect_plan(const pipeline::Plan& plan, store::Store& store,
                                               const RunOptions& options = {});

/// `stages`: as inspect_plan() gave them. What is unknown counts as if it had to run.
PlanEstimate estimate_plan(const pipeline::Plan& plan, const std::vector<PlannedStage>& stages);

}  // namespace mtc::run
