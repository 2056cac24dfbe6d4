// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/application.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/elf.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

const std::set<std::string>& fixed_commands() {
  static const std::set<std::string> names = {"run", "plan", "logs", "plugin", "target", "cache", "deploy"};
  return names;
}

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

std::string version_text() {
  std::string build_id = "unknown";
  // The note's header is 12 bytes and the name "GNU" with its end 4; the id follows.
  const auto note = read_elf_section("/proc/self/exe", ".note.gnu.build-id");
  if (note && note->content.size() > 16) {
    build_id.clear();
    for (const char byte : note->content.substr(16))
      build_id += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return fmt::format("mtc {}\nplugin ABI {}..{} (development: may change until 1.0.0)\nbuild id {}",
                     MTC_VERSION, MTC_ABI_VERSION, MTC_ABI_VERSION, build_id);
}

std::string verbs_help() {
  std::string text =
      "Verbs (mtc VERB --help shows the plugin's parameters; VERB.NAME chooses another stage):\n";
  for (const auto& [name, help] : verb_kinds()) text += fmt::format("  {:<27} {}\n", name, help);
  return text + "\nExample: mtc run examples/quickstart/pipeline.toml";
}

Error unknown_command(const std::string& name) {
  std::vector<std::string> known(fixed_commands().begin(), fixed_commands().end());
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
  } catch (const CLI::ParseError& error) {
    say_error({Code::invalid_argument, error.what(), {}, "see --help"});
    return run::kUsage;
  }
  return exit_code;
}

}  // namespace

int run_application(std::vector<std::string> arguments) {
  CLI::App app("mtc takes an ONNX model to a verified, measured binary on a device.", "mtc");
  app.require_subcommand(0, 1);
  app.footer(verbs_help());
  app.set_version_flag("--version", version_text());
  Globals globals;
  int exit_code = run::kOk;
  add_run(app, globals, exit_code);
  add_deploy(app, globals, exit_code);
  add_logs(app, globals, exit_code);
  add_plugin(app, globals, exit_code);
  add_cache(app, globals, exit_code);
  const std::string command = command_of(arguments);
  plugin::Registry registry;
  if (!command.empty() && !fixed_commands().contains(command)) {
    globals.plugins = plugins_of(arguments);
    registry = scan_registry(globals);
    globals.plugins.clear();  // Parsing fills it again.
    const std::string kind = command.substr(0, command.find('.'));
    const bool verb =
        std::ranges::any_of(verb_kinds(), [&](const auto& known) { return known.first == kind; });
    if (!verb && !registry.find_stage(command)) {
      say_error(unknown_command(command));
      return run::kUsage;
    }
    add_verb(app, globals, registry, command, exit_code);
    if (exit_code != run::kOk) return exit_code;
  }
  if (arguments.empty()) {
    print(app.help());
    return run::kOk;
  }
  return parse(app, std::move(arguments), exit_code);
}

}  // namespace mtc::cli
