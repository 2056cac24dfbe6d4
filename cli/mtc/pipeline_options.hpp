// SPDX-License-Identifier: Apache-2.0
//
// FILE, -D and --profile: the pipeline that a command is about.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/config/pipeline_file.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct PipelineOptions {
  std::string file;
  std::vector<std::string> overrides;  ///< As typed after -D.
  std::string profile;
};

/// Adds the three; returns the option FILE, which a command may require.
CLI::Option* add_pipeline_options(CLI::App& command, PipelineOptions& options);

/// The pipeline that they name. Errors: invalid_argument for an override without `=`, and those of
/// config::load_pipeline.
Result<config::PipelineFile> load_pipeline(const PipelineOptions& options);

/// Errors: invalid_argument for an override without `=`.
Result<config::LoadOptions> load_options(const PipelineOptions& options);

/// The words of a command line that mean the same pipeline, quoted for a shell.
std::string words_of(const PipelineOptions& options);

}  // namespace mtc::cli
