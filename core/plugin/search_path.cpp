// SPDX-License-Identifier: Apache-2.0
//
// Where plugins are looked for.
#include <cstdlib>
#include <system_error>

#include "core/base/text.hpp"
#include "core/plugin/registry.hpp"

namespace mtc::plugin {
namespace {

constexpr const char* kBelowPrefix = "lib/mtc/plugins";

/// The variable's value, or "" where it is unset or the process has more rights than its caller (AT_SECURE).
std::string environment(const char* name) {
  const char* value = ::secure_getenv(name);
  return value == nullptr ? "" : value;
}

/// $XDG_DATA_HOME, or ~/.local/share; empty when there is none. The standard says to ignore relative paths.
std::filesystem::path user_data_folder() {
  const std::filesystem::path data = environment("XDG_DATA_HOME");
  if (data.is_absolute()) return data;
  const std::filesystem::path home = environment("HOME");
  return home.is_absolute() ? home / ".local/share" : std::filesystem::path();
}

}  // namespace

SearchPath default_search_path(const std::vector<std::filesystem::path>& explicit_entries,
                               const std::vector<std::filesystem::path>& configured) {
  SearchPath path;
  path.explicit_entries = explicit_entries;
  for (const std::string& folder : split(environment("MTC_PLUGIN_PATH"), ':')) {
    if (!folder.empty()) path.folders.emplace_back(folder);
  }
  path.folders.insert(path.folders.end(), configured.begin(), configured.end());
  std::error_code code;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", code);
  if (!code) path.folders.push_back(executable.parent_path().parent_path() / kBelowPrefix);
  if (const auto data = user_data_folder(); !data.empty()) path.folders.push_back(data / "mtc/plugins");
  path.folders.push_back(std::filesystem::path("/usr/local") / kBelowPrefix);
  path.folders.push_back(std::filesystem::path("/usr") / kBelowPrefix);
  return path;
}

}  // namespace mtc::plugin
