// SPDX-License-Identifier: Apache-2.0
//
// mtc explain: the actions of one stage, why each ran or would run, and which lines of its document differ
// from those of another run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline/document_diff.hpp"
#include "core/run/inspect.hpp"
#include "core/run/past_run.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

struct ExplainedAction {
  std::string variant;
  std::string kind;
  std::string name;    ///< Of the plugin's stage, or of the target.
  std::string status;  ///< As PastAction::status, or as PlannedAction::status.
  Digest key;          ///< Empty when unknown.
  Explanation why;
  std::vector<pipeline::ChangedLine> diff;  ///< Empty also where a document is not to be had.
};

/// What actions are compared with.
struct Comparand {
  PastRun run;
  bool elsewhere = false;  ///< Of another machine: what its results are does not say what this store had.
};

/// The run that `text` names: the id of a run of the store, or the path of a run's folder, of what
/// `mtc run --json` printed, or of what `--events` wrote. Errors: not_found; as read_run().
Result<Comparand> find_run(const std::string& text, store::Store& store);

/// The text of the document of `key`, if it is to be had.
using DocumentOf = std::function<std::optional<std::string>(const Digest& key)>;

/// Whether `variant` is meant by `wanted`, a stage's name or that of one of its variants.
bool is_meant(const std::string& variant, const std::string& wanted);

/// The actions of `stage` in `run`, for the reasons that were recorded; with `against` compared with that
/// run.
std::vector<ExplainedAction> explain_past(const PastRun& run, const std::string& stage,
                                          const Comparand* against, store::Store& store,
                                          const DocumentOf& document_of);

/// The actions of `stage` in a plan; with `against` compared with that run.
std::vector<ExplainedAction> explain_planned(const pipeline::Plan& plan,
                                             const std::vector<PlannedStage>& planned,
                                             const std::string& stage, const Comparand* against,
                                             store::Store& store, const DocumentOf& document_of);

}  // namespace mtc::run
