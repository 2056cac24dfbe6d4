// SPDX-License-Identifier: Apache-2.0
//
// How init finds out: compiles the model for the targets, looks at the data, scores ways to preprocess, and
// tries the stages that the written pipeline begins with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/mtc/init/findings.hpp"
#include "cli/mtc/init/trial.hpp"
#include "cli/mtc/pipeline_text.hpp"
#include "core/plugin/registry.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// What the user wants to know a pipeline for.
struct Question {
  std::filesystem::path model;
  DataFlags data;
  std::vector<std::string> targets;  ///< Empty: this machine's.
  std::uint64_t samples = 64;        ///< To score each way to preprocess on.
  std::filesystem::path output;      ///< Of the pipeline; absolute.
};

/// Finds everything out. What the store does not have yet runs with progress on stderr.
/// Errors: invalid_argument where the preprocessing can be neither known nor scored, and for data that does
/// not fit the model; not_found; those of the stages that have to succeed.
Result<Findings> inquire(Trial& trial, const plugin::Registry& registry, const Question& question);

/// Runs the quantize and compile stages of the drafted pipeline, and takes out of `findings` what is refused:
/// a target, or quantization. Errors: as Trial::run; the refusal of the last target.
Result<void> try_draft(Trial& trial, Findings& findings, const std::filesystem::path& file);

}  // namespace mtc::cli
