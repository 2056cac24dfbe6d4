// SPDX-License-Identifier: Apache-2.0
//
// The commands of mtc. Each file of this folder adds one group to the application; a command stores its exit
// code.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/mtc/globals.hpp"
#include "core/plugin/registry.hpp"

namespace mtc::cli {

void add_run(CLI::App& app, Globals& globals, int& exit_code);      // run.cpp
void add_plan(CLI::App& app, Globals& globals, int& exit_code);     // plan.cpp
void add_explain(CLI::App& app, Globals& globals, int& exit_code);  // explain.cpp
void add_logs(CLI::App& app, Globals& globals, int& exit_code);     // logs.cpp
void add_plugin(CLI::App& app, Globals& globals,
                int& exit_code);  // plugin.cpp: plugin list|info, target list|info
void add_cache(CLI::App& app, Globals& globals, int& exit_code);       // cache.cpp
void add_config(CLI::App& app, Globals& globals, int& exit_code);      // config.cpp
void add_lock(CLI::App& app, Globals& globals, int& exit_code);        // lock.cpp
void add_deploy(CLI::App& app, Globals& globals, int& exit_code);      // deploy.cpp
void add_init(CLI::App& app, Globals& globals, int& exit_code);        // init.cpp
void add_doctor(CLI::App& app, Globals& globals, int& exit_code);      // doctor.cpp
void add_completion(CLI::App& app, Globals& globals, int& exit_code);  // completion.cpp

/// Adds a verb that has every flag of the driver that a verb can have, and none of a plugin. It must not run.
void add_verb_without_plugin(CLI::App& app, Globals& globals);  // verb.cpp

/// Adds the one-shot verb for `stage` under the name that was typed ("quantize", "quantize.ptq").
void add_verb(CLI::App& app, Globals& globals, const plugin::Registry& registry, const std::string& name,
              int& exit_code);  // verb.cpp

/// Adds every command but the verbs, which need the plugins.
void add_fixed_commands(CLI::App& app, Globals& globals, int& exit_code);  // commands.cpp

/// The flags that the driver itself gives to its commands and to any verb, without the dashes: no parameter
/// of a plugin may have such a name.
plugin::Flags driver_flags();  // commands.cpp

/// The kinds that have one-shot verbs, for the list of --help.
const std::vector<std::pair<std::string, std::string>>& verb_kinds();

}  // namespace mtc::cli
