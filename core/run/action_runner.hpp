// SPDX-License-Identifier: Apache-2.0
//
// One action: its facts and key, its lookup, its attempt in a worker, its commit. Internal to core/run.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline/document.hpp"
#include "core/pipeline/plan.hpp"
#include "core/run/dependencies.hpp"
#include "core/run/digests.hpp"
#include "core/run/events.hpp"
#include "core/run/explainer.hpp"
#include "core/run/history.hpp"
#include "core/run/jobserver.hpp"
#include "core/run/report.hpp"
#include "core/run/runner.hpp"
#include "core/store/action_lock.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// An action whose inputs are all known.
struct PreparedAction {
  std::string document;
  Digest key;
  std::vector<Digest> inputs;                       ///< As Action::inputs.
  std::map<std::string, std::string> dependencies;  ///< Name → path.
  std::vector<std::size_t> waits_for;  ///< Actions without a result whose outputs it reads; see sketch().
};

/// How an attempt went; `result` is set when the action now has one.
struct ActionOutcome {
  std::string status;  ///< ran hit remote_hit record failed
  int exit_code = kOk;
  std::optional<Error> error;
  std::string log;
  std::int64_t record_age_s = -1;
  Explanation why;
};

/// The exit code of a run that ends with `error`: 7 for a resource that is used up or not there (memory,
/// disk, a device), 130 for an interrupt, else 1.
int exit_code_of(const Error& error);

/// Runs the actions of one plan and keeps their results. After find_dependencies() different actions may be
/// prepared and executed on different threads, each after those whose outputs it reads.
class ActionRunner {
 public:
  /// `jobserver` may be null where nothing is executed.
  ActionRunner(const pipeline::Plan& plan, store::Store& store, Events& events, const RunOptions& options,
               std::filesystem::path run_folder, const Jobserver* jobserver);

  /// Finds every library and tool that the plan's plugins need, so that none is missed in hour three.
  /// Errors: failed_precondition, with what was searched and how to get it.
  Result<void> find_dependencies();

  /// Errors: a file that cannot be read.
  Result<PreparedAction> prepare(std::size_t index);

  /// The same before everything that it reads is known: unknown digests stand as "?STAGE" in the
  /// document, the key is empty, and `waits_for` names what is missing.
  Result<PreparedAction> sketch(std::size_t index);

  /// A hit, a replayed record, or an attempt. The result is then at result(action).
  ActionOutcome execute(std::size_t index, const PreparedAction& prepared);

  /// A hit or a replayed record, if there is one that may be taken; else an outcome without status. Errors:
  /// the store cannot be read.
  Result<ActionOutcome> reuse(std::size_t index, const PreparedAction& prepared);
  /// Whether the action is to run though there is a result (RunOptions::rerun).
  [[nodiscard]] bool forced(std::size_t index) const;
  /// Takes a hit without running anything; false on a miss.
  Result<bool> lookup(std::size_t index, const PreparedAction& prepared);
  /// The same, of the remote cache: the result is then in the store too. Errors: cancelled.
  Result<bool> fetch(std::size_t index, const PreparedAction& prepared);
  /// Whether the remote cache has it, without downloading it: what it consists of is known then.
  bool ask_remote(std::size_t index, const PreparedAction& prepared);
  /// Why an action that has no result would run.
  Explanation explain(std::size_t index, const PreparedAction& prepared);

  [[nodiscard]] History& history() { return history_; }
  [[nodiscard]] const std::optional<store::ActionResult>& result(std::size_t action) const {
    return results_[action];
  }

 private:
  /// Waits until no other run works at the same action. Errors: cancelled, deadline_exceeded.
  Result<store::ActionLock> lock(std::size_t index, const PreparedAction& prepared);
  ActionOutcome attempt(std::size_t index, const PreparedAction& prepared);
  /// Names the folder of checkpoints in `spec`; a store that cannot have one is a warning.
  void offer_checkpoints(std::size_t index, const PreparedAction& prepared, Json& spec);
  /// Adds to the hint of a failed attempt that its checkpoint stays, where it has one.
  void tell_of_checkpoint(const PreparedAction& prepared, Error& error);
  Result<Json> specification(std::size_t index, const PreparedAction& prepared,
                             const std::filesystem::path& staging);
  Result<store::ActionResult> commit(std::size_t index, const PreparedAction& prepared,
                                     const std::filesystem::path& staging, const WorkerOutcome& outcome);
  Result<WorkerOutcome> work(std::size_t index, const PreparedAction& prepared,
                             const std::filesystem::path& staging, const ActionOutcome& outcome);
  Result<const FoundDependency*> dependency(const plugin::Plugin& plugin, const plugin::Dependency& wanted);
  /// The actions without a result that `source` reads.
  [[nodiscard]] std::vector<std::size_t> missing(const pipeline::Source& source) const;
  [[nodiscard]] OutputOf output_of() const;
  [[nodiscard]] std::string stage_name(std::size_t action) const;

  const pipeline::Plan& plan_;
  store::Store& store_;
  Events& events_;
  const RunOptions& options_;
  std::filesystem::path run_folder_;
  const Jobserver* jobserver_;
  std::vector<std::optional<store::ActionResult>> results_;
  std::vector<bool> elsewhere_;  ///< Results of the remote cache whose blobs are not in the store.
  std::map<std::pair<const plugin::Plugin*, std::string>, FoundDependency> dependencies_;
  History history_;
  Explainer explainer_;
};

}  // namespace mtc::run
