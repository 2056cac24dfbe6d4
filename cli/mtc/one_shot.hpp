// SPDX-License-Identifier: Apache-2.0
//
// Runs a pipeline that a command wrote, and brings its result to where the user wants it.
#pragma once

#include <filesystem>
#include <string>

#include "cli/mtc/execute.hpp"
#include "cli/mtc/globals.hpp"
#include "core/plugin/registry.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct OneShot {
  std::string text;              ///< The pipeline file.
  std::string stage;             ///< The stage whose first output is the result.
  std::filesystem::path output;  ///< Where the result goes; empty = it stays in the store.
  bool force = false;            ///< Replace what is there.
  bool emit_toml = false;        ///< Print the text instead of running it.
};

/// Refuses an existing output without force (already_exists) and one that cannot be written
/// (invalid_argument) before anything runs; returns the exit code.
Result<int> run_one_shot(const OneShot& job, const Globals& globals, const plugin::Registry& registry,
                         const ExecuteOptions& execute_options);

}  // namespace mtc::cli
