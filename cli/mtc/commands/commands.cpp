// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/commands/commands.hpp"

#include <set>
#include <string>

#include "cli/mtc/version.hpp"

namespace mtc::cli {
namespace {

void collect_flags(CLI::App& app, plugin::Flags& flags) {
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) flags.insert(name);
  }
  for (auto* command : app.get_subcommands({})) {
    // Commands that take no parameters of plugins: their flags stand in nobody's way.
    static const std::set<std::string> free = {"cache", "config", "explain", "init", "lock"};
    if (!free.contains(command->get_name())) collect_flags(*command, flags);
  }
}

}  // namespace

void add_fixed_commands(CLI::App& app, Globals& globals, int& exit_code) {
  app.set_version_flag("--version", version_text);
  add_init(app, globals, exit_code);
  add_run(app, globals, exit_code);
  add_plan(app, globals, exit_code);
  add_explain(app, globals, exit_code);
  add_lock(app, globals, exit_code);
  add_config(app, globals, exit_code);
  add_deploy(app, globals, exit_code);
  add_logs(app, globals, exit_code);
  add_plugin(app, globals, exit_code);
  add_cache(app, globals, exit_code);
  add_doctor(app, globals, exit_code);
  add_completion(app, globals, exit_code);
}

plugin::Flags driver_flags() {
  CLI::App app;
  Globals globals;
  int exit_code = 0;
  add_fixed_commands(app, globals, exit_code);
  add_verb_without_plugin(app, globals);
  plugin::Flags flags;
  collect_flags(app, flags);
  return flags;
}

}  // namespace mtc::cli
