// SPDX-License-Identifier: Apache-2.0
//
// The values that an option or a positional argument can have.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/mtc/command_line.hpp"

namespace mtc::cli {

struct Candidate {
  std::string word;
  std::string help;
};

struct Completions {
  enum class Paths { none, files, folders };
  std::vector<Candidate> candidates;
  Paths paths = Paths::none;
};

/// Values of `option` of `command`: words of its choice ("auto|plain|none" as type), targets, plugins,
/// stages, or paths. `before` are the words before: a pipeline among them names its stages.
Completions values_of(CommandLine& line, const CLI::App& command, const CLI::Option& option,
                      const std::vector<std::string>& before);

}  // namespace mtc::cli
