// SPDX-License-Identifier: Apache-2.0
//
// The command line as a tree of CLI11: what parsing, completion and the list of commands share.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/mtc/command_words.hpp"
#include "cli/mtc/globals.hpp"
#include "core/plugin/registry.hpp"

namespace mtc::cli {

/// What the tree writes to and reads from; it outlives the tree.
struct CommandLine {
  Globals globals;
  plugin::Registry registry;  ///< Scanned when the command is none of the fixed ones.
  int exit_code = 0;
  CLI::App app{"mtc takes an ONNX model to a verified, measured binary on a device.", "mtc"};

  CommandLine();

  [[nodiscard]] bool has(const std::string& command) const;
  /// Adds the verb that `words` name, where they name one: its flags come from a plugin. False for a command
  /// that mtc does not have. Errors (a verb whose plugin is missing) are told; exit_code is then not 0.
  bool add_named_verb(const CommandWords& words);
};

}  // namespace mtc::cli
