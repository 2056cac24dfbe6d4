// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/completion/values.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/config/pipeline_file.hpp"

namespace mtc::cli {
namespace {

/// "auto|plain|none" is a choice, "FILE|fd:N" is not.
std::vector<std::string> choices_in(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string first = type.substr(0, type.find_first_of(" :"));
  const bool upper = std::ranges::any_of(first, [](unsigned char c) { return std::isupper(c) != 0; });
  return upper || first.find('|') == std::string::npos ? std::vector<std::string>() : split(first, '|');
}

const plugin::Registry& plugins_of(CommandLine& line, const std::vector<std::string>& before) {
  if (line.registry.plugins().empty()) {
    line.globals.plugins = CommandWords{{}, {}, before}.plugins();
    line.registry = scan_registry(line.globals);
  }
  return line.registry;
}

/// The choices of a plugin's parameter: of the stage, or for compile of any target.
std::vector<std::string> choices_of_param(const plugin::Registry& registry, const std::string& command,
                                          const std::string& flag) {
  const auto among = [&](const std::vector<plugin::Param>& params) {
    const auto found = std::ranges::find_if(params, [&](const auto& param) { return param.flag() == flag; });
    return found == params.end() ? std::vector<std::string>() : found->choices;
  };
  if (const auto match = registry.find_stage(command)) return among(match->stage->params);
  for (const auto& found : registry.plugins()) {
    for (const auto& target : found.manifest.targets) {
      if (auto choices = among(target.params); !choices.empty()) return choices;
    }
  }
  return {};
}

/// Stages of a pipeline that was named before; else those of the last run.
std::vector<std::string> stage_names(CommandLine& line, const std::vector<std::string>& before) {
  std::vector<std::string> names;
  for (const auto& word : before) {
    if (!word.ends_with(".toml")) continue;
    if (const auto file = config::load_pipeline(word, {})) {
      for (const auto& stage : file->stages) names.push_back(stage.name);
      return names;
    }
  }
  std::error_code error;
  const auto root = store_root(line.globals);
  if (!root || !std::filesystem::is_directory(*root, error)) return names;  // Looking makes no store.
  auto store = store::Store::open(*root);
  if (!store) return names;
  const auto run = store->newest_run();
  const auto text = run && *run ? read_file(**run / "run.json") : Result<std::string>(Error{});
  const auto report = text ? Json::parse(*text, nullptr, false) : Json();
  if (!report.is_object()) return names;
  std::set<std::string> found;
  for (const auto& stage : report.value("stages", Json::array())) found.insert(stage.value("name", ""));
  names.assign(found.begin(), found.end());
  return names;
}

Completions words_only(const std::vector<std::string>& words) {
  Completions completions;
  for (const auto& word : words) completions.candidates.push_back({word, {}});
  return completions;
}

Completions targets(const plugin::Registry& registry) {
  Completions completions;
  for (const auto& target : registry.targets()) completions.candidates.push_back({target.id, target.summary});
  return completions;
}

Completions plugins(const plugin::Registry& registry) {
  Completions completions;
  for (const auto& found : registry.plugins())
    completions.candidates.push_back({found.manifest.id, found.manifest.summary});
  return completions;
}

Completions paths_for(const std::string& type) {
  Completions completions;
  if (type.starts_with("DIR")) completions.paths = Completions::Paths::folders;
  if (type.starts_with("FILE") || type.starts_with("PATH")) completions.paths = Completions::Paths::files;
  return completions;
}

}  // namespace

Completions values_of(CommandLine& line, const CLI::App& command, const CLI::Option& option,
                      const std::vector<std::string>& before) {
  if (const auto choices = choices_in(option); !choices.empty()) return words_only(choices);
  const std::string name = option.get_lnames().empty() ? option.get_name(true) : option.get_lnames().front();
  const CLI::App* parent = command.get_parent();
  const std::string group = parent == nullptr ? "" : parent->get_name();
  if (name == "target" || (name == "id" && group == "target")) return targets(plugins_of(line, before));
  if (name == "id" && group == "plugin") return plugins(plugins_of(line, before));
  if (name == "stage") return words_only(stage_names(line, before));
  if (name == "preprocess") return words_only(config::preset_names());
  const auto choices = option.get_lnames().empty()
                           ? std::vector<std::string>()
                           : choices_of_param(plugins_of(line, before), command.get_name(), name);
  return choices.empty() ? paths_for(option.get_type_name()) : words_only(choices);
}

}  // namespace mtc::cli
