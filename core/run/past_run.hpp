// SPDX-License-Identifier: Apache-2.0
//
// What a run left behind about its actions, of this store or of another machine.
//
// runs/<id>/actions.jsonl of the store holds the events run.started and action.finished of the run again, a
// line each, as they came: a run that was killed has what ended before. A saved stream of events serves as
// well, and so does the report of a run (mtc.run/1).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/pipeline/plan.hpp"
#include "core/pipeline/reason.hpp"
#include "core/run/events.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// A pipeline, to tell whether two runs are of the same one: by its path, or by its text.
struct PipelineIdentity {
  std::string path;  ///< Absolute; of a one-shot verb "<folder>/(command line)".
  Digest digest;     ///< Of the file; empty for a one-shot verb.

  [[nodiscard]] bool same(const PipelineIdentity& other) const {
    return path == other.path || (!digest.empty() && digest == other.digest);
  }
};

PipelineIdentity identity_of(const pipeline::Plan& plan, store::Store& store);
/// {"path", "digest"}
Json to_json(const PipelineIdentity& identity);

struct PastAction {
  std::string variant;  ///< stage, or stage[axis=value,…]
  std::string kind;
  std::string name;    ///< Of the plugin's stage or of the target; empty where it was not recorded.
  std::string status;  ///< ran hit remote_hit record failed
  Digest key;
  double seconds = 0;  ///< How long its worker ran, now or when the result was made.
  std::int64_t ended_unix_ms = 0;
  pipeline::Reasons reasons;
  std::string against;  ///< Id of the run that the reasons compare with; may be empty.
};

class PastRun {
 public:
  std::string id;
  PipelineIdentity pipeline;
  std::vector<std::string> skipped;  ///< Variants without an action; only a report knows them.

  void add(PastAction action);
  /// Of one variant in the order of the plan.
  [[nodiscard]] const std::vector<PastAction>& actions() const { return actions_; }
  /// The action `index` among those of `variant` and `kind` called `name`; where none is called so any more,
  /// the action `ordinal` among all of that kind. nullptr when there is none.
  [[nodiscard]] const PastAction* find(const std::string& variant, const std::string& kind,
                                       const std::string& name, std::size_t index, std::size_t ordinal) const;
  /// Variants, each once, in the order of their first action.
  [[nodiscard]] std::vector<std::string> variants() const;

 private:
  std::vector<PastAction> actions_;
  std::map<std::string, std::vector<std::size_t>> places_;  ///< Variant → its actions.
};

/// A sink that keeps actions.jsonl in `folder`. Errors: as file_sink().
Result<Events::Sink> actions_sink(const std::filesystem::path& folder);

/// Reads only which pipeline it was. Errors: not_found, data_loss.
Result<PipelineIdentity> read_identity(const std::filesystem::path& run_folder);

/// Reads a run: its folder, a file of events or a report. Errors: not_found; invalid_argument for anything
/// else.
Result<PastRun> read_run(const std::filesystem::path& path);

}  // namespace mtc::run
