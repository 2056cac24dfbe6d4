// SPDX-License-Identifier: Apache-2.0
//
// A plan kept in a file, TOML of schema mtc.planfile/1 (docs/cli.md): what a run will do, with the documents
// of its actions, so that another process can run exactly that or say what has moved.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/run/inspect.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

struct FiledAction {
  std::string kind;
  std::string status;    ///< As PlannedAction::status.
  std::string reason;    ///< For people.
  Digest key;            ///< Empty where it was unknown.
  std::string document;  ///< As PlannedAction::document.
};

struct FiledStage {
  std::string name;
  std::string uses;
  std::vector<std::string> gates;
  std::vector<FiledAction> actions;
};

struct PlanFile {
  std::filesystem::path pipeline;  ///< Absolute; in the file relative to its folder.
  std::string profile;
  std::vector<std::string> overrides;  ///< "key.path=TOML", as -D takes them.
  std::vector<FiledStage> stages;
};

/// The stages of a plan as a plan file has them.
std::vector<FiledStage> filed_stages(const pipeline::Plan& plan, const std::vector<PlannedStage>& planned);

/// Writes `plan` to `file`. Errors: as write_file_atomic().
Result<void> write_plan_file(const std::filesystem::path& file, const PlanFile& plan);

/// Errors: not_found; invalid_argument for anything that write_plan_file() does not write, and for a document
/// that is not that of its key.
Result<PlanFile> read_plan_file(const std::filesystem::path& file);

/// What is not as `filed` says, a sentence each: "stage 'int8': parameter calibration: "mse" -> "minmax"".
/// Inputs that are not known yet, then or now, are no difference.
std::vector<std::string> moved(const std::vector<FiledStage>& filed, const std::vector<FiledStage>& now);

/// For RunOptions::expected_keys: the keys that were known. The stages are those of `plan`.
std::map<std::size_t, Digest> expected_keys(const pipeline::Plan& plan, const std::vector<FiledStage>& filed);

}  // namespace mtc::run
