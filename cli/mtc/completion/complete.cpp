// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/completion/complete.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/external.hpp"
#include "cli/mtc/output.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

/// Where the words so far have led.
struct Place {
  const CLI::App* command;
  std::size_t positionals = 0;           ///< How many of the command's were given.
  const CLI::Option* waiting = nullptr;  ///< An option whose value comes next.
  bool only_values = false;              ///< After "--".
};

bool takes_value(const CLI::Option& option) { return option.get_type_size_max() > 0; }

const CLI::Option* find_option(const CLI::App& command, const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  for (const auto* option : command.get_options()) {
    for (const auto& known : option->get_lnames()) {
      if (name == "--" + known) return option;
    }
    for (const auto& known : option->get_snames()) {
      if (name == "-" + known) return option;
    }
  }
  return nullptr;
}

const CLI::App* find_command(const CLI::App& command, const std::string& word) {
  for (const auto* each : command.get_subcommands({})) {
    if (each->get_name() == word) return each;
  }
  return nullptr;
}

void take(Place& place, const std::string& word) {
  if (place.waiting != nullptr) {
    if (word != "=") place.waiting = nullptr;  // bash hands over --flag, =, value.
  } else if (word == "--") {
    place.only_values = true;
  } else if (word.starts_with("-") && !place.only_values) {
    const auto* option = find_option(*place.command, word);
    if (option != nullptr && takes_value(*option) && word.find('=') == std::string::npos)
      place.waiting = option;
  } else if (const auto* command = find_command(*place.command, word);
             command != nullptr && place.positionals == 0) {
    place.command = command;
  } else {
    ++place.positionals;
  }
}

const CLI::Option* positional(const Place& place) {
  std::size_t index = 0;
  for (const auto* option : place.command->get_options()) {
    if (!option->get_positional()) continue;
    const auto most = static_cast<std::size_t>(std::max(option->get_items_expected_max(), 1));
    index += most;
    if (place.positionals < index) return option;
  }
  return nullptr;
}

Completions options_of(const CLI::App& command) {
  Completions completions;
  for (const auto* option : command.get_options()) {
    if (!option->get_lnames().empty()) {
      completions.candidates.push_back({"--" + option->get_lnames().front(), option->get_description()});
    } else if (!option->get_snames().empty()) {
      completions.candidates.push_back({"-" + option->get_snames().front(), option->get_description()});
    }
  }
  return completions;
}

/// Everything that can be a command: those of mtc, verbs, stages of plugins where a dot was typed, and
/// programs in PATH.
Completions commands_of(CommandLine& line, const std::string& typed) {
  Completions completions;
  auto& words = completions.candidates;
  words.push_back({"help", "Help of a command"});
  for (const auto* command : line.app.get_subcommands({}))
    words.push_back({command->get_name(), command->get_description()});
  for (const auto& [name, help] : verb_kinds()) {
    if (!line.has(name)) words.push_back({name, help});
  }
  for (const auto& [name, program] : external_verbs()) words.push_back({name, program.string()});
  if (typed.find('.') == std::string::npos) return completions;
  line.registry = scan_registry(line.globals);
  for (const auto& found : line.registry.plugins()) {
    for (const auto& stage : found.manifest.stages) words.push_back({stage.name, stage.summary});
  }
  return completions;
}

Completions next(CommandLine& line, const Place& place, const std::vector<std::string>& before,
                 const std::string& typed) {
  if (place.waiting != nullptr) return values_of(line, *place.command, *place.waiting, before);
  if (typed.starts_with("-") && !place.only_values) return options_of(*place.command);
  if (place.command == &line.app) return commands_of(line, typed);
  if (const auto* option = positional(place)) return values_of(line, *place.command, *option, before);
  Completions completions;
  for (const auto* command : place.command->get_subcommands({}))
    completions.candidates.push_back({command->get_name(), command->get_description()});
  return completions;
}

void keep_beginning_with(Completions& completions, const std::string& typed) {
  std::erase_if(completions.candidates,
                [&](const Candidate& candidate) { return !candidate.word.starts_with(typed); });
}

}  // namespace

Completions complete(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  CommandLine line;
  std::vector<std::string> before(words.begin(), words.end() - 1);
  std::string typed = words.back() == "=" ? "" : words.back();
  if (!before.empty() && before.front() == "help") before.erase(before.begin());
  const auto known = command_words(before);
  if (!known.command.empty() && !line.add_named_verb(known)) {
    return {{}, Completions::Paths::files};  // An external command: mtc knows nothing of its arguments.
  }
  Place place{&line.app};
  before = known.parsed();
  for (const auto& word : before) take(place, word);
  const auto equal = typed.find('=');
  if (place.waiting != nullptr || !typed.starts_with("--") || equal == std::string::npos) {
    auto completions = next(line, place, before, typed);
    keep_beginning_with(completions, typed);
    return completions;
  }
  // --flag=value as one word: zsh and fish replace the whole of it.
  const auto* option = find_option(*place.command, typed);
  if (option == nullptr || !takes_value(*option)) return {};
  auto completions = values_of(line, *place.command, *option, before);
  for (auto& candidate : completions.candidates) candidate.word.insert(0, typed.substr(0, equal + 1));
  keep_beginning_with(completions, typed);
  return completions;
}

int print_completions(const std::vector<std::string>& arguments) {
  const auto begin = arguments.begin() + (!arguments.empty() && arguments.front() == "--" ? 1 : 0);
  const auto completions = complete({begin, arguments.end()});
  for (const auto& [word, help] : completions.candidates) {
    const auto first_line = help.substr(0, help.find('\n'));
    print(first_line.empty() ? word : fmt::format("{}\t{}", word, first_line));
  }
  if (completions.paths == Completions::Paths::files) print(":files");
  if (completions.paths == Completions::Paths::folders) print(":folders");
  return run::kOk;
}

}  // namespace mtc::cli
