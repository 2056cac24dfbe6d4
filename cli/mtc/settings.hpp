// SPDX-License-Identifier: Apache-2.0
//
// Where a setting comes from, in order: the command line, the environment, the project's file, the user's
// file, what is built in. The files are described in core/config/settings_file.hpp.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/mtc/globals.hpp"
#include "core/config/settings_file.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// What settings files may hold: the flags of a run that are no matter of one run alone.
const std::vector<config::KnownSetting>& known_settings();

/// Lets every command of `app` take from settings files what command line and environment leave open, before
/// it does its work. A file that is wrong ends the command with CLI::RuntimeError, after it has been
/// reported.
void use_settings(CLI::App& app, Globals& globals);

/// For a command whose flags plugins declare: the plugins of settings files, before it is built.
Result<void> find_configured_plugins(Globals& globals);

/// The environment variable of a setting: "MTC_STORE"; empty where it has none.
std::string variable_of(const CLI::Option& option);

/// Whether the value of `option` stands in its environment variable, and not on the command line.
bool is_from_environment(const CLI::Option& option);

}  // namespace mtc::cli
