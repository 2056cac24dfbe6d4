// SPDX-License-Identifier: Apache-2.0
#include "core/config/settings_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "core/config/document_tree.hpp"
#include "core/config/fields.hpp"
#include "core/config/path_text.hpp"
#include "core/config/toml.hpp"

namespace mtc::config {
namespace {

namespace fs = std::filesystem;

fs::path variable_path(const char* name) {
  const char* value = ::secure_getenv(name);
  const fs::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : fs::path();
}

/// Where the user's file would be; empty without a home.
fs::path user_settings_file() {
  if (const auto folder = variable_path("XDG_CONFIG_HOME"); !folder.empty())
    return folder / "mtc/config.toml";
  const auto home = variable_path("HOME");
  return home.empty() ? fs::path() : home / ".config/mtc/config.toml";
}

Result<Json> read_paths_value(const Fields& fields, const std::string& key, const fs::path& folder) {
  MTC_ASSIGN(const auto texts, fields.texts(key));
  Json paths = Json::array();
  for (const std::string& text : texts) {
    MTC_ASSIGN(const auto path, resolve_path(text, folder, fields.place(key)));
    paths.push_back(path.string());
  }
  return paths;
}

Result<Json> read_value(const Fields& fields, const KnownSetting& known, const fs::path& folder) {
  MTC_ASSIGN(const Node* node, fields.required(known.name));
  switch (known.kind) {
    case KnownSetting::Kind::flag: {
      MTC_ASSIGN(const bool value, fields.boolean(known.name, false));
      return Json(value);
    }
    case KnownSetting::Kind::paths:
      return read_paths_value(fields, known.name, folder);
    case KnownSetting::Kind::path: {
      MTC_ASSIGN(const auto text, fields.text(known.name));
      MTC_ASSIGN(const auto path, resolve_path(text, folder, node->place));
      return Json(path.string());
    }
    case KnownSetting::Kind::text:
      break;
  }
  if (node->kind == Node::Kind::scalar && !node->scalar.is_boolean()) return node->scalar;
  return fields.wrong_type(known.name, *node, "a string or a number");
}

/// Whether `path`, links followed, lies in `folder`.
bool is_inside(const fs::path& path, const fs::path& folder) {
  std::error_code code;
  const auto real = fs::weakly_canonical(path, code);
  const auto root = fs::weakly_canonical(folder, code);
  if (code) return false;
  return std::ranges::mismatch(root, real).in1 == root.end();
}

constexpr const char* kWhyRefused =
    "whoever enters the folder has not chosen it: give it on the command line, by its environment variable, "
    "or in "
    "the user's file";

Result<void> check_inside(const Setting& setting, const fs::path& folder) {
  for (const auto& path : setting.value.is_array() ? setting.value : Json::array({setting.value})) {
    if (is_inside(path.get<std::string>(), folder)) continue;
    return invalid(setting.place,
                   "a project file may not set " + setting.name +
                       " to a path outside of the project: " + path.get<std::string>(),
                   kWhyRefused);
  }
  return {};
}

/// What a project file may not say.
Result<void> check_project(const std::vector<Setting>& settings, const fs::path& folder) {
  const auto find = [&](const char* name) {
    const auto found = std::ranges::find(settings, name, &Setting::name);
    return found == settings.end() ? nullptr : &*found;
  };
  for (const char* name : {"plugin", "store"}) {
    if (const Setting* setting = find(name)) MTC_TRY(check_inside(*setting, folder));
  }
  const Setting* read_only = find("remote-read-only");
  if (read_only != nullptr && read_only->value != true) {
    return invalid(read_only->place, "a project file may not make a remote cache writable", kWhyRefused);
  }
  if (const Setting* remote = find("remote"); remote != nullptr && read_only == nullptr) {
    return invalid(remote->place,
                   "a project file may name a remote cache only to read from: results would be sent to it",
                   "add remote-read-only = true; or else " + std::string(kWhyRefused));
  }
  return {};
}

bool is_own(const struct stat& status) { return status.st_uid == ::geteuid() || status.st_uid == 0; }

/// Why the project file is not to be trusted; empty when it is. What it names counts from its folder, so that
/// others must not have put it (or a link to it) there, nor anything beside it.
std::string distrust(const fs::path& file) {
  struct stat link {};
  struct stat status {};
  if (::lstat(file.c_str(), &link) != 0 || ::stat(file.c_str(), &status) != 0) return "";
  if (!is_own(link) || !is_own(status)) return "it belongs to another user";
  if ((status.st_mode & S_IWOTH) != 0) return "everybody may write to it";
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (::stat(folder.c_str(), &status) != 0) return "";
  if (!is_own(status)) return "its folder belongs to another user";
  return (status.st_mode & S_IWOTH) != 0 ? "everybody may write to its folder" : "";
}

fs::path find_project_file(const std::optional<fs::path>& pipeline_folder) {
  std::error_code code;
  if (pipeline_folder && fs::is_regular_file(*pipeline_folder / kProjectSettings, code))
    return *pipeline_folder / kProjectSettings;
  for (fs::path folder = fs::current_path(code); !code; folder = folder.parent_path()) {
    if (fs::is_regular_file(folder / kProjectSettings, code)) return folder / kProjectSettings;
    code.clear();
    if (folder == folder.parent_path()) break;
  }
  return {};
}

}  // namespace

const Setting* Settings::find(const std::string& name) const {
  const auto found = std::ranges::find(values, name, &Setting::name);
  return found == values.end() ? nullptr : &*found;
}

Result<std::vector<Setting>> read_settings(const fs::path& file, bool project,
                                           const std::vector<KnownSetting>& known) {
  MTC_ASSIGN(const Node root, read_toml(file));
  MTC_ASSIGN(const auto folder, absolute_folder(file.parent_path()));
  std::vector<std::string> names;
  for (const auto& each : known) names.push_back(each.name);
  const Fields fields(root, "");
  MTC_TRY(fields.only(names));
  std::vector<Setting> settings;
  for (const auto& each : known) {
    if (!fields.has(each.name)) continue;
    MTC_ASSIGN(Json value, read_value(fields, each, folder));
    settings.push_back({each.name, std::move(value), fields.place(each.name), project});
  }
  if (project) MTC_TRY(check_project(settings, folder));
  return settings;
}

Result<Settings> load_settings(const std::optional<fs::path>& pipeline_folder,
                               const std::vector<KnownSetting>& (*known)()) {
  Settings result;
  if (const auto file = find_project_file(pipeline_folder); !file.empty()) {
    if (const std::string why = distrust(file); !why.empty()) {
      result.warnings.push_back(file.string() + " is not read: " + why);
    } else {
      MTC_ASSIGN(result.values, read_settings(file, true, known()));
      result.project_file = file;
    }
  }
  std::error_code code;
  if (const auto file = user_settings_file(); !file.empty() && fs::exists(file, code)) {
    MTC_ASSIGN(auto settings, read_settings(file, false, known()));
    std::ranges::move(settings, std::back_inserter(result.values));
    result.user_file = file;
  }
  return result;
}

}  // namespace mtc::config
