// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/command_line.hpp"

#include <algorithm>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/settings.hpp"

namespace mtc::cli {

CommandLine::CommandLine() {
  app.require_subcommand(0, 1);
  app.add_flag("--json", globals.json, "Print the result as JSON");
  add_fixed_commands(app, globals, exit_code);
}

bool CommandLine::has(const std::string& command) const {
  return std::ranges::any_of(app.get_subcommands({}),
                             [&](const CLI::App* known) { return known->get_name() == command; });
}

bool CommandLine::add_named_verb(const CommandWords& words) {
  if (has(words.command)) return true;
  globals.plugins = words.plugins();
  if (const auto found = find_configured_plugins(globals); !found) {
    exit_code = fail(globals, found.error(), exit_code_for(found.error()));
    return true;
  }
  registry = scan_registry(globals);
  globals.plugins.clear();  // Parsing fills it again.
  const std::string kind = words.command.substr(0, words.command.find('.'));
  const bool verb = std::ranges::any_of(verb_kinds(), [&](const auto& known) { return known.first == kind; });
  if (!verb && !registry.find_stage(words.command)) return false;
  add_verb(app, globals, registry, words.command, exit_code);
  return true;
}

}  // namespace mtc::cli
