// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/command_list.hpp"

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/external.hpp"

namespace mtc::cli {
namespace {

void add_leaves(const CLI::App& app, const std::string& before, Json& list) {
  for (const auto* command : app.get_subcommands({})) {
    const std::string name = before + command->get_name();
    if (command->get_subcommands({}).empty()) {
      list.push_back({{"name", name}, {"summary", command->get_description()}});
    } else {
      add_leaves(*command, name + " ", list);
    }
  }
}

}  // namespace

std::string commands_help() {
  std::string text =
      "Verbs (mtc VERB --help shows the plugin's parameters; VERB.NAME chooses another stage):\n";
  for (const auto& [name, help] : verb_kinds()) text += fmt::format("  {:<27} {}\n", name, help);
  if (const auto verbs = external_verbs(); !verbs.empty()) {
    text += "\nCommands from PATH (mtc NAME runs mtc-NAME):\n";
    for (const auto& [name, program] : verbs) text += fmt::format("  {:<27} {}\n", name, program.string());
  }
  return text +
         "\n--plugin, --store and --json may also stand before the command; mtc help COMMAND is COMMAND "
         "--help."
         "\nExample: mtc run examples/quickstart/pipeline.toml";
}

Json command_list_json(const CLI::App& app) {
  Json commands = Json::array();
  add_leaves(app, "", commands);
  Json verbs = Json::array();
  for (const auto& [name, help] : verb_kinds()) verbs.push_back({{"name", name}, {"summary", help}});
  Json external = Json::array();
  for (const auto& [name, program] : external_verbs())
    external.push_back({{"name", name}, {"program", program.string()}});
  return {{"schema", "mtc.commands/1"}, {"commands", commands}, {"verbs", verbs}, {"external", external}};
}

}  // namespace mtc::cli
