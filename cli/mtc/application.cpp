// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/application.hpp"

#include <algorithm>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/mtc/command_line.hpp"
#include "cli/mtc/command_list.hpp"
#include "cli/mtc/command_words.hpp"
#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/completion/complete.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/external.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/settings.hpp"
#include "cli/mtc/version.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

Error unknown_command(const CommandLine& line, const std::string& name) {
  std::vector<std::string> known{"help"};
  for (const auto* command : line.app.get_subcommands({})) known.push_back(command->get_name());
  for (const auto& [verb, help] : verb_kinds()) known.push_back(verb);
  for (const auto& [verb, program] : external_verbs()) known.push_back(verb);
  std::string hint = did_you_mean(name, known);
  return {Code::invalid_argument,
          fmt::format("no command is called '{}'", name),
          {},
          hint.empty() ? "see mtc --help" : hint};
}

/// The command that was reached when parsing ended.
CLI::App& reached(CLI::App& app) {
  CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

/// What is near a flag that nobody expected; else where flags are listed.
std::string hint_for(CLI::App& app) {
  std::vector<std::string> known;
  for (const auto* option : reached(app).get_options()) {
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const auto& word : app.remaining(true)) {
    if (!word.starts_with("--")) continue;
    if (auto hint = did_you_mean(word.substr(0, word.find('=')), known); !hint.empty()) return hint;
  }
  return "see --help";
}

int parse(CommandLine& line, std::vector<std::string> arguments) {
  use_settings(line.app, line.globals);
  std::ranges::reverse(arguments);  // CLI11 takes its vector from the back.
  try {
    line.app.parse(std::move(arguments));
  } catch (const CLI::CallForVersion&) {
    print_version(line.globals.json);
    return run::kOk;
  } catch (const CLI::Success& success) {
    return line.app.exit(success);
  } catch (const CLI::RuntimeError& error) {  // Told by who threw it.
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return fail(line.globals, {Code::invalid_argument, error.what(), {}, hint_for(line.app)}, run::kUsage);
  }
  return line.exit_code;
}

/// mtc without a command: its help, or with --json the list of commands.
int introduce(CommandLine& line) {
  line.app.footer(commands_help());
  if (line.globals.json) {
    print_json(command_list_json(line.app));
  } else {
    print(line.app.help());
  }
  return run::kOk;
}

std::optional<Error> not_utf8(const std::vector<std::string>& arguments) {
  const auto wrong = std::ranges::find_if_not(arguments, is_utf8);
  if (wrong == arguments.end()) return std::nullopt;
  return Error{Code::invalid_argument,
               fmt::format("argument {} is not UTF-8", wrong - arguments.begin() + 1),
               {},
               "mtc's files and messages are UTF-8: rename the file, or write the value in UTF-8"};
}

int run_words(const CommandWords& words, bool json) {
  if (words.command == kCompleteCommand) return print_completions(words.rest);
  CommandLine line;
  line.globals.json = json;
  if (words.command.empty()) {
    if (words.rest.empty()) return introduce(line);
    line.app.footer(commands_help());
    return parse(line, words.parsed());
  }
  if (!line.add_named_verb(words)) {
    if (const auto program = find_external_verb(words.command)) {
      return conclude(line.globals, become_external(*program, words));
    }
    return fail(line.globals, unknown_command(line, words.command), run::kUsage);
  }
  return line.exit_code != run::kOk ? line.exit_code : parse(line, words.parsed());
}

}  // namespace

int run_application(const std::vector<std::string>& arguments) {
  Globals globals;
  globals.json = wants_json(arguments);
  if (const auto error = not_utf8(arguments)) return fail(globals, *error, run::kUsage);
  return guarded(globals, [&] { return run_words(command_words(arguments), globals.json); });
}

}  // namespace mtc::cli
