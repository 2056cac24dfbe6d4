// SPDX-License-Identifier: Apache-2.0
//
// All that can follow `mtc`: for --help, and for machines.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "core/base/json.hpp"

namespace mtc::cli {

/// What --help says below the fixed commands: verbs, external commands, an example.
std::string commands_help();

/// Every command down to the last sub-command, the verbs and the external commands (schema mtc.commands/1).
Json command_list_json(const CLI::App& app);

}  // namespace mtc::cli
