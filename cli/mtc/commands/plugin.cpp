// SPDX-License-Identifier: Apache-2.0
//
// mtc plugin list|info, mtc target list|info
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/plugin_json.hpp"
#include "core/base/text.hpp"
#include "core/plugin/describe.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

/// Text that ends with its own line feed; nothing for an empty one.
void print_block(const std::string& text) {
  if (!text.empty()) print(text.substr(0, text.find_last_not_of('\n') + 1));
}

void say_rejected(const plugin::Registry& registry) {
  for (const auto& rejected : registry.rejected()) {
    say(fmt::format("rejected {}: {}", rejected.file.string(), rejected.reason));
  }
}

Json rejected_json(const plugin::Registry& registry) {
  Json list = Json::array();
  for (const auto& rejected : registry.rejected()) {
    list.push_back({{"file", rejected.file.string()}, {"reason", rejected.reason}});
  }
  return list;
}

Result<int> list_plugins(const Globals& globals) {
  const auto registry = scan_registry(globals);
  Json list = Json::array();
  for (const auto& found : registry.plugins()) {
    Json stages = Json::array();
    for (const auto& stage : found.manifest.stages) stages.push_back(stage.name);
    for (const auto& target : found.manifest.targets) stages.push_back("target " + target.name);
    list.push_back({{"id", found.manifest.id},
                    {"version", found.manifest.version},
                    {"file", found.file.string()},
                    {"offers", stages},
                    {"summary", found.manifest.summary}});
    if (globals.json) continue;
    std::vector<std::string> offers;
    for (const auto& stage : stages) offers.push_back(stage.get<std::string>());
    print(fmt::format("{:<12} {:<8} {:<48} {}", found.manifest.id, found.manifest.version, join(offers, ", "),
                      found.file.string()));
  }
  if (globals.json)
    print_json({{"schema", "mtc.plugins/1"}, {"plugins", list}, {"rejected", rejected_json(registry)}});
  say_rejected(registry);
  return run::kOk;
}

Result<int> list_targets(const Globals& globals) {
  const auto registry = scan_registry(globals);
  Json list = Json::array();
  for (const auto& target : registry.targets()) {
    const auto missing = target.missing_isa();
    const auto match = registry.find_target(target.id);
    list.push_back({{"id", target.id},
                    {"plugin", target.plugin},
                    {"file", target.file.string()},
                    {"summary", target.summary},
                    {"runs_here", missing.empty() && static_cast<bool>(match)},
                    {"missing_isa", missing}});
    if (globals.json) continue;
    std::string note = missing.empty() ? "" : fmt::format("  (this CPU lacks {})", join(missing, ", "));
    if (!match) note += fmt::format("  ({})", match.error().message);
    print(fmt::format("{:<18} {:<12} {}{}", target.id, target.plugin, target.summary, note));
  }
  if (globals.json)
    print_json({{"schema", "mtc.targets/1"}, {"targets", list}, {"rejected", rejected_json(registry)}});
  say_rejected(registry);
  return run::kOk;
}

Result<int> plugin_info(const Globals& globals, const std::string& id) {
  const auto registry = scan_registry(globals);
  const auto match = registry.find_plugin(id);
  if (!match) {
    say_rejected(registry);
    return match.error();
  }
  const plugin::Plugin* found = *match;
  if (globals.json) {
    print_json(plugin_json(*found));
    return run::kOk;
  }
  print(fmt::format("{} {}\n{}\n{}", found->manifest.id, found->manifest.version, found->manifest.summary,
                    found->file.string()));
  for (const auto& dependency : found->manifest.dependencies) {
    print(fmt::format("depends on {} {}", dependency.tool ? "tool" : "library", dependency.name));
  }
  for (const auto& stage : found->manifest.stages) print_block("\n" + plugin::describe_stage(stage));
  for (const auto& target : found->manifest.targets) {
    print_block(plugin::describe_params(target.params, "Parameters of target " + target.name));
  }
  return run::kOk;
}

Result<int> target_info(const Globals& globals, const std::string& id) {
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(const auto match, registry.find_target(id));
  if (globals.json) {
    print_json(target_json(match));
  } else {
    print_block(plugin::describe_target(*match.target, *match.service));
  }
  return run::kOk;
}

void set_callback(CLI::App* command, Globals& globals, int& exit_code, const char* example,
                  Result<int> (*body)(const Globals&)) {
  add_global_options(*command, globals);
  command->footer(example);
  command->callback([&globals, &exit_code, body] { exit_code = conclude(globals, body(globals)); });
}

void set_info_callback(CLI::App* command, Globals& globals, int& exit_code, const char* example,
                       Result<int> (*body)(const Globals&, const std::string&)) {
  const auto id = std::make_shared<std::string>();
  command->add_option("id", *id, "Its id")->required();
  add_global_options(*command, globals);
  command->footer(example);
  command->callback([id, &globals, &exit_code, body] { exit_code = conclude(globals, body(globals, *id)); });
}

}  // namespace

void add_plugin(CLI::App& app, Globals& globals, int& exit_code) {
  auto* plugins = app.add_subcommand("plugin", "List and describe plugins");
  plugins->require_subcommand(1);
  set_callback(
      plugins->add_subcommand("list", "All plugins, and every file that was rejected with its reason"),
      globals, exit_code, "Example: mtc plugin list --json", list_plugins);
  set_info_callback(plugins->add_subcommand("info", "One plugin: its stages and parameters"), globals,
                    exit_code, "Example: mtc plugin info quantize", plugin_info);
  plugins->footer("Example: mtc plugin info quantize");
  auto* targets = app.add_subcommand("target", "List and describe targets");
  targets->require_subcommand(1);
  set_callback(
      targets->add_subcommand("list", "All targets, and every document that was rejected with its reason"),
      globals, exit_code, "Example: mtc target list", list_targets);
  set_info_callback(targets->add_subcommand("info", "One target: its capability document"), globals,
                    exit_code, "Example: mtc target info cpu.x86-64-v3 --json", target_info);
  targets->footer("Example: mtc target info cpu.x86-64-v3 --json");
}

}  // namespace mtc::cli
