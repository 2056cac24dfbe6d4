// SPDX-License-Identifier: Apache-2.0
//
// mtc config show [FILE]: the settings that a run would have, and the pipeline document, with their origins.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/execute.hpp"
#include "cli/mtc/lock_check.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_options.hpp"
#include "cli/mtc/pipeline_text.hpp"
#include "cli/mtc/settings.hpp"
#include "cli/mtc/shown_settings.hpp"
#include "core/config/document_tree.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

struct ShowArguments {
  PipelineOptions pipeline;
  LockOptions lock;
  ExecuteOptions execute;
  bool origin = false;
};

/// The values of a document, each under its dotted key.
void flatten(const config::Node& node, const std::string& prefix, std::vector<Shown>& list) {
  for (const auto& child : node.children) {
    const std::string key = prefix + config::toml_key(child.key);
    if (child.kind == config::Node::Kind::table && !child.children.empty()) {
      flatten(child, key + ".", list);
      continue;
    }
    const bool is_override = child.place.starts_with("-D ");
    list.push_back({key, child.json(), is_override ? "flag" : "file", child.place});
  }
}

/// A line of a settings file; a comment where the file could not say it.
std::string setting_line(const Shown& shown) {
  if (shown.value.is_null()) return fmt::format("# {} is not set", shown.name);
  return fmt::format("{}{} = {}", shown.only_variable ? "# " : "", shown.name, toml_value(shown.value));
}

Json origin_json(const Shown& shown) { return {{"kind", shown.kind}, {"where", shown.where}}; }

/// Lines that are TOML themselves, with the origins as comments.
void print_lines(const std::vector<std::pair<std::string, const Shown*>>& lines, bool origin) {
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, std::min<std::size_t>(line.first.size(), 60));
  for (const auto& [text, shown] : lines) {
    print(origin && shown != nullptr ? fmt::format("{:<{}}  # {}", text, width, origin_text(*shown)) : text);
  }
}

void print_settings(const std::vector<Shown>& settings, const std::vector<Shown>& path, bool origin) {
  std::vector<std::pair<std::string, const Shown*>> lines;
  for (const auto& shown : settings) lines.emplace_back(setting_line(shown), &shown);
  lines.emplace_back("plugin = [", nullptr);
  for (const auto& shown : path) lines.emplace_back(fmt::format("  {},", toml_value(shown.value)), &shown);
  lines.emplace_back("]", nullptr);
  print_lines(lines, origin);
}

Json list_json(const std::vector<Shown>& list, const char* key, const char* value) {
  Json json = Json::array();
  for (const auto& shown : list) {
    Json item = {{value, shown.value}, {"origin", origin_json(shown)}};
    if (key != nullptr) item[key] = shown.name;
    json.push_back(std::move(item));
  }
  return json;
}

Json file_json(const std::filesystem::path& file) { return file.empty() ? Json() : Json(file.string()); }

Result<int> show_config(const ShowArguments& arguments, const CLI::App& command, const Globals& globals) {
  MTC_ASSIGN(const auto settings, settings_of(command, globals));
  const auto path = search_path_of(globals);
  std::vector<Shown> document;
  if (!arguments.pipeline.file.empty()) {
    MTC_ASSIGN(const auto options, load_options(arguments.pipeline));
    MTC_ASSIGN(const auto root, config::load_document(arguments.pipeline.file, options));
    flatten(root, "", document);
  }
  if (globals.json) {
    Json json = {{"schema", "mtc.config/1"},
                 {"files",
                  {{"user", file_json(globals.settings->user_file)},
                   {"project", file_json(globals.settings->project_file)}}},
                 {"settings", list_json(settings, "name", "value")},
                 {"plugin_path", list_json(path, nullptr, "path")}};
    if (!document.empty()) json["document"] = list_json(document, "key", "value");
    print_json(json);
    return run::kOk;
  }
  print_settings(settings, path, arguments.origin);
  if (document.empty()) return run::kOk;
  print("\n# " + arguments.pipeline.file);
  std::vector<std::pair<std::string, const Shown*>> lines;
  for (const auto& shown : document)
    lines.emplace_back(fmt::format("{} = {}", shown.name, toml_value(shown.value)), &shown);
  print_lines(lines, arguments.origin);
  return run::kOk;
}

/// What is built in stands in the options themselves.
void keep_defaults(CLI::App& command) {
  for (const auto& known : known_settings()) {
    if (known.kind == config::KnownSetting::Kind::text)
      command.get_option("--" + known.name)->capture_default_str();
  }
}

}  // namespace

void add_config(CLI::App& app, Globals& globals, int& exit_code) {
  auto* group = app.add_subcommand("config", "Show settings and where they come from");
  group->require_subcommand(1);
  group->footer("Example: mtc config show --origin");
  const auto arguments = std::make_shared<ShowArguments>();
  auto* command =
      group->add_subcommand("show", "Show the settings of a run, and of FILE the document that it comes to");
  add_pipeline_options(*command, arguments->pipeline);
  command->add_flag("--origin", arguments->origin, "Say where each value comes from");
  add_lock_options(*command, arguments->lock);
  add_execute_options(*command, arguments->execute);
  add_global_options(*command, globals);
  keep_defaults(*command);
  command->footer("Example: mtc config show pipeline.toml --profile quick --origin");
  command->callback([arguments, command, &globals, &exit_code] {
    exit_code = conclude(globals, show_config(*arguments, *command, globals));
  });
}

}  // namespace mtc::cli
