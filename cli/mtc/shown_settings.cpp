// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/shown_settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "cli/mtc/settings.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

Json value_json(const std::string& text, bool flag) {
  if (flag) return text != "false" && text != "0" && !text.empty();
  if (const auto number = parse_integer(text)) return *number;
  if (const auto number = parse_number(text)) return *number;
  return text.empty() ? Json() : Json(text);
}

/// A URL may carry a password.
std::string without_password(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto at = url.find('@', scheme);
  if (at == std::string::npos || url.find('/', scheme + 3) < at) return url;
  return url.substr(0, scheme + 3) + "***" + url.substr(at);
}

Shown from_file(const config::Setting& setting, Json value) {
  return {setting.name, std::move(value), setting.project ? "project" : "user", setting.place};
}

Result<Json> built_in(const CLI::Option& option, const std::string& name, const Globals& globals, bool flag) {
  if (name == "jobs") return Json(std::max(1U, std::thread::hardware_concurrency()));
  if (name == "store") {
    MTC_ASSIGN(const auto root, store_root(globals));
    return Json(root.string());
  }
  return value_json(option.get_default_str(), flag);
}

Result<Shown> shown_setting(const CLI::App& command, const config::KnownSetting& known,
                            const Globals& globals) {
  const auto* option = command.get_option("--" + known.name);
  const bool flag = known.kind == config::KnownSetting::Kind::flag;
  if (is_from_environment(*option)) {
    const auto variable = variable_of(*option);
    return Shown{known.name, value_json(std::getenv(variable.c_str()), flag), "environment", variable};
  }
  if (option->count() > 0) {
    return Shown{known.name, value_json(option->results().back(), flag), "flag", "--" + known.name};
  }
  if (const auto* setting = globals.settings->find(known.name)) return from_file(*setting, setting->value);
  MTC_ASSIGN(auto value, built_in(*option, known.name, globals, flag));
  return Shown{known.name, std::move(value), "default", {}};
}

/// Settings that only the environment has. The token itself is nobody's to read.
void add_variables(std::vector<Shown>& list) {
  for (const auto& [name, variable] :
       {std::pair("remote-token", "MTC_REMOTE_TOKEN"), std::pair("remote-ca", "MTC_REMOTE_CA"),
        std::pair("remote-timeout", "MTC_REMOTE_TIMEOUT")}) {
    const char* value = std::getenv(variable);
    const bool set = value != nullptr && *value != '\0';
    const std::string text = std::string(variable) == "MTC_REMOTE_TOKEN" ? "***" : set ? value : "";
    if (set) {
      list.push_back({name, value_json(text, false), "environment", variable, true});
    } else {
      list.push_back({name, std::string(name) == "remote-timeout" ? Json(10) : Json(), "default", {}, true});
    }
  }
}

}  // namespace

Result<std::vector<Shown>> settings_of(const CLI::App& command, const Globals& globals) {
  std::vector<Shown> list;
  for (const auto& known : known_settings()) {
    if (known.kind == config::KnownSetting::Kind::paths) continue;
    MTC_ASSIGN(auto shown, shown_setting(command, known, globals));
    if (known.name == "remote" && shown.value.is_string())
      shown.value = without_password(shown.value.get<std::string>());
    list.push_back(std::move(shown));
  }
  add_variables(list);
  return list;
}

std::vector<Shown> search_path_of(const Globals& globals) {
  std::vector<Shown> list;
  const auto path = plugin_search_path(globals);
  for (const auto& entry : path.explicit_entries) list.push_back({{}, entry.string(), "flag", "--plugin"});
  const char* variable = std::getenv("MTC_PLUGIN_PATH");
  const auto named = split(variable == nullptr ? "" : variable, ':');
  auto from_variable = static_cast<std::size_t>(
      std::ranges::count_if(named, [](const std::string& folder) { return !folder.empty(); }));
  std::vector<const config::Setting*> configured;
  for (const auto& setting : globals.settings->values) {
    if (setting.name == "plugin") configured.insert(configured.end(), setting.value.size(), &setting);
  }
  for (std::size_t i = 0; i < path.folders.size(); ++i) {
    const std::string folder = path.folders[i].string();
    if (i < from_variable) {
      list.push_back({{}, folder, "environment", "MTC_PLUGIN_PATH"});
    } else if (i - from_variable < configured.size()) {
      list.push_back(from_file(*configured[i - from_variable], folder));
    } else {
      list.push_back({{}, folder, "default", {}});
    }
  }
  return list;
}

std::string origin_text(const Shown& shown) {
  if (shown.kind == "default") return "built-in default";
  if (shown.kind == "environment") return "environment variable " + shown.where;
  if (shown.kind == "project" || shown.kind == "user") return shown.kind + " file " + shown.where;
  return shown.where;
}

}  // namespace mtc::cli
