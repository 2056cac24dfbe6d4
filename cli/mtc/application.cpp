// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/application.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/settings.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

/// The first word that is no flag: the command.
std::string command_of(const std::vector<std::string>& arguments) {
  return arguments.empty() || arguments.front().starts_with("-") ? "" : arguments.front();
}

/// --plugin is needed before the command line can be built: plugins declare the flags.
std::vector<std::string> plugins_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> plugins;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("--plugin=")) plugins.push_back(arguments[i].substr(9));
    if (arguments[i] == "--plugin" && i + 1 < arguments.size()) plugins.push_back(arguments[i + 1]);
  }
  return plugins;
}

std::string verbs_help() {
  std::string text =
      "Verbs (mtc VERB --help shows the plugin's parameters; VERB.NAME chooses another stage):\n";
  for (const auto& [name, help] : verb_kinds()) text += fmt::format("  {:<27} {}\n", name, help);
  return text + "\nExample: mtc run examples/quickstart/pipeline.toml";
}

bool has_command(CLI::App& app, const std::string& name) {
  return std::ranges::any_of(app.get_subcommands({}),
                             [&](const CLI::App* command) { return command->get_name() == name; });
}

Error unknown_command(CLI::App& app, const std::string& name) {
  std::vector<std::string> known;
  for (const auto* command : app.get_subcommands({})) known.push_back(command->get_name());
  for (const auto& [verb, help] : verb_kinds()) known.push_back(verb);
  std::string hint = did_you_mean(name, known);
  return {Code::invalid_argument,
          fmt::format("no command is called '{}'", name),
          {},
          hint.empty() ? "see mtc --help" : hint};
}

int parse(CLI::App& app, std::vector<std::string> arguments, const int& exit_code) {
  std::ranges::reverse(arguments);  // CLI11 takes its vector from the back.
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::RuntimeError& error) {  // Reported by who threw it.
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    say_error({Code::invalid_argument, error.what(), {}, "see --help"});
    return run::kUsage;
  }
  return exit_code;
}

}  // namespace

int run_application(std::vector<std::string> arguments) {
  if (const auto wrong = std::ranges::find_if_not(arguments, is_utf8); wrong != arguments.end()) {
    say_error({Code::invalid_argument,
               fmt::format("argument {} is not UTF-8", wrong - arguments.begin() + 1),
               {},
               "mtc's files and messages are UTF-8: rename the file, or write the value in UTF-8"});
    return run::kUsage;
  }
  CLI::App app("mtc takes an ONNX model to a verified, measured binary on a device.", "mtc");
  app.require_subcommand(0, 1);
  app.footer(verbs_help());
  Globals globals;
  int exit_code = run::kOk;
  add_fixed_commands(app, globals, exit_code);
  const std::string command = command_of(arguments);
  plugin::Registry registry;
  if (!command.empty() && !has_command(app, command)) {
    globals.plugins = plugins_of(arguments);
    if (const auto found = find_configured_plugins(globals); !found) {
      say_error(found.error());
      return exit_code_for(found.error());
    }
    registry = scan_registry(globals);
    globals.plugins.clear();  // Parsing fills it again.
    const std::string kind = command.substr(0, command.find('.'));
    const bool verb =
        std::ranges::any_of(verb_kinds(), [&](const auto& known) { return known.first == kind; });
    if (!verb && !registry.find_stage(command)) {
      say_error(unknown_command(app, command));
      return run::kUsage;
    }
    add_verb(app, globals, registry, command, exit_code);
    if (exit_code != run::kOk) return exit_code;
  }
  use_settings(app, globals);
  if (arguments.empty()) {
    print(app.help());
    return run::kOk;
  }
  return parse(app, std::move(arguments), exit_code);
}

}  // namespace mtc::cli
