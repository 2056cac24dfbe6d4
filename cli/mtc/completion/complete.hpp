// SPDX-License-Identifier: Apache-2.0
//
// What may stand at the end of a command line. The scripts of `mtc completion` ask `mtc __complete -- WORDS…`
// at each TAB, so that plugins, targets and stages are those of that moment; WORDS follow `mtc`, the last is
// the one being typed.
//
// The answer is one candidate a line, with its help behind a tab; a line `:files` or `:folders` at the end
// says that paths may stand there, too.
#pragma once

#include <string>
#include <vector>

#include "cli/mtc/completion/values.hpp"

namespace mtc::cli {

inline constexpr const char* kCompleteCommand = "__complete";

/// The candidates for the last of `words` that begin with it.
Completions complete(const std::vector<std::string>& words);

/// Prints the answer to `arguments` (`--` and words); returns the exit code, 0.
int print_completions(const std::vector<std::string>& arguments);

}  // namespace mtc::cli
