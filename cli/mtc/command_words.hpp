// SPDX-License-Identifier: Apache-2.0
//
// The words of the command line before anything is parsed: plugins declare flags, so the command has to be
// known first.
#pragma once

#include <string>
#include <vector>

namespace mtc::cli {

struct CommandWords {
  std::vector<std::string> globals;  ///< --plugin, --store and --json where they stand before the command.
  std::string command;               ///< Empty: none was named.
  std::vector<std::string> rest;     ///< What follows it; without a command everything but `globals`.

  /// What the parser gets: the command, the rest, and `globals` where a sub-command takes them.
  [[nodiscard]] std::vector<std::string> parsed() const;
  /// Values of --plugin, wherever they stand.
  [[nodiscard]] std::vector<std::string> plugins() const;
};

/// Sorts `arguments` (without the program's name). `help X` becomes `X --help`.
CommandWords command_words(const std::vector<std::string>& arguments);

}  // namespace mtc::cli
