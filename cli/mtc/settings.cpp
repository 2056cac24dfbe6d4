// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "cli/mtc/conclude.hpp"
#include "cli/mtc/execute.hpp"
#include "cli/mtc/lock_check.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/text.hpp"
#include "core/config/toml.hpp"

namespace mtc::cli {
namespace {

using Kind = config::KnownSetting::Kind;

constexpr const char* kRemoteToken = "MTC_REMOTE_TOKEN";

/// Flags that say what one command prints, and to where.
bool is_of_one_run(const std::string& name) { return name == "help" || name == "json" || name == "events"; }

Kind kind_of(const CLI::Option& option, const std::string& name) {
  if (name == "plugin") return Kind::paths;
  if (name == "store") return Kind::path;
  return option.get_expected_max() == 0 ? Kind::flag : Kind::text;
}

std::string text_of_setting(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? number_text(value.get<double>()) : value.dump();
}

/// Gives `option` the value that a file has for it, as its default: the option's own checks apply.
Result<void> set_default(CLI::Option& option, const config::Setting& setting) {
  try {
    option.run_callback_for_default();
    option.default_val(text_of_setting(setting.value));
  } catch (const CLI::Error& error) {
    return config::invalid(setting.place, error.what(),
                           "give it a value that the flag takes: mtc run --help");
  }
  return {};
}

/// A token is for a cache that its owner chose.
void withhold_token(const config::Setting& remote) {
  if (!remote.project || std::getenv(kRemoteToken) == nullptr) return;
  ::unsetenv(kRemoteToken);
  say(fmt::format("{} is not sent to a cache that a project file names ({})", kRemoteToken, remote.place));
}

void take_plugins(Globals& globals) {
  for (const auto& setting : globals.settings->values) {
    if (setting.name != "plugin") continue;
    for (const auto& path : setting.value) {
      globals.configured_plugins.push_back(path.get<std::string>());
      std::error_code code;
      if (!std::filesystem::exists(globals.configured_plugins.back(), code)) {
        say(fmt::format("warning: {}: there is no plugin or folder '{}'", setting.place,
                        globals.configured_plugins.back()));
      }
    }
  }
}

/// Reads the files, unless that was done to find the plugins of a verb.
Result<void> load_files(Globals& globals, const std::optional<std::filesystem::path>& pipeline_folder) {
  if (globals.settings) return {};
  MTC_ASSIGN(globals.settings, config::load_settings(pipeline_folder, known_settings));
  for (const auto& warning : globals.settings->warnings) say("warning: " + warning);
  take_plugins(globals);
  return {};
}

std::optional<std::filesystem::path> pipeline_folder_of(const CLI::App& command) {
  const auto* pipeline = command.get_option_no_throw("pipeline");
  if (pipeline == nullptr || pipeline->count() == 0) return std::nullopt;
  return std::filesystem::path(pipeline->results().front()).parent_path();
}

Result<void> apply_settings(CLI::App& command, Globals& globals) {
  MTC_TRY(load_files(globals, pipeline_folder_of(command)));
  if (globals.settings->values.empty()) return {};
  for (const auto& known : known_settings()) {
    const auto* setting = globals.settings->find(known.name);
    auto* option = command.get_option_no_throw("--" + known.name);
    if (setting == nullptr || option == nullptr || known.kind == Kind::paths) continue;
    if (option->count() > 0 || is_from_environment(*option)) continue;
    MTC_TRY(set_default(*option, *setting));
    if (known.name == "remote") withhold_token(*setting);
  }
  return {};
}

}  // namespace

const std::vector<config::KnownSetting>& known_settings() {
  static const std::vector<config::KnownSetting> settings = [] {
    CLI::App app;
    ExecuteOptions execute;
    LockOptions lock;
    Globals globals;
    add_global_options(app, globals);
    add_lock_options(app, lock);
    add_execute_options(app, execute);
    std::vector<config::KnownSetting> made;
    for (const auto* option : app.get_options()) {
      if (option->get_lnames().empty() || is_of_one_run(option->get_lnames().front())) continue;
      const auto& name = option->get_lnames().front();
      made.push_back({name, kind_of(*option, name)});
    }
    return made;
  }();
  return settings;
}

void use_settings(CLI::App& app, Globals& globals) {
  for (auto* command : app.get_subcommands({})) use_settings(*command, globals);
  if (!app.get_subcommands({}).empty()) return;
  app.parse_complete_callback([&app, &globals] {
    const auto applied = apply_settings(app, globals);
    if (applied) return;
    throw CLI::RuntimeError(fail(globals, applied.error(), exit_code_for(applied.error())));
  });
}

Result<void> find_configured_plugins(Globals& globals) { return load_files(globals, std::nullopt); }

std::string variable_of(const CLI::Option& option) {
  return option.check_name("--store") ? "MTC_STORE" : option.get_envname();
}

bool is_from_environment(const CLI::Option& option) {
  const std::string name = variable_of(option);
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return false;
  return option.count() == 0 || option.results() == std::vector<std::string>{value};
}

}  // namespace mtc::cli
