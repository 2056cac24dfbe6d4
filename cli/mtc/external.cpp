// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/external.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "core/base/file_system.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

constexpr std::string_view kPrefix = "mtc-";

/// Programs that mtc starts itself, and that are no commands.
bool is_part_of_mtc(std::string_view name) { return name == "worker" || name.starts_with("cache-"); }

bool is_program(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0;
}

/// The absolute folders of PATH, each once, whatever it is called.
std::vector<std::filesystem::path> path_folders() {
  std::vector<std::filesystem::path> folders;
  std::set<std::filesystem::path> seen;
  const char* path = std::getenv("PATH");
  for (const auto& text : split(path == nullptr ? "" : path, ':')) {
    if (!text.starts_with('/')) continue;
    std::error_code error;
    const auto real = std::filesystem::canonical(text, error);
    if (!error && seen.insert(real).second) folders.emplace_back(text);
  }
  return folders;
}

void set_environment(const CommandWords& words) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) ::setenv("MTC", self.c_str(), 1);
  const auto& flags = words.globals;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i].starts_with("--store=")) ::setenv("MTC_STORE", flags[i].substr(8).c_str(), 1);
    if (flags[i] == "--store") ::setenv("MTC_STORE", flags[++i].c_str(), 1);
  }
  std::vector<std::string> plugins = CommandWords{flags, {}, {}}.plugins();
  if (plugins.empty()) return;
  for (auto& entry : plugins) entry = std::filesystem::absolute(entry).lexically_normal().string();
  if (const char* more = std::getenv("MTC_PLUGIN_PATH"); more != nullptr && *more != '\0')
    plugins.emplace_back(more);
  ::setenv("MTC_PLUGIN_PATH", join(plugins, ":").c_str(), 1);
}

}  // namespace

std::map<std::string, std::filesystem::path> external_verbs() {
  std::map<std::string, std::filesystem::path> verbs;
  for (const auto& folder : path_folders()) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
      const std::string file = at->path().filename().string();
      if (!file.starts_with(kPrefix) || file.size() == kPrefix.size()) continue;
      const std::string name = file.substr(kPrefix.size());
      if (!is_part_of_mtc(name) && is_program(at->path())) verbs.try_emplace(name, at->path());
    }
  }
  return verbs;
}

std::optional<std::filesystem::path> find_external_verb(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos || is_part_of_mtc(name)) return std::nullopt;
  for (const auto& folder : path_folders()) {
    auto file = folder / (std::string(kPrefix) + name);
    if (is_program(file)) return file;
  }
  return std::nullopt;
}

Error become_external(const std::filesystem::path& program, const CommandWords& words) {
  if (std::ranges::find(words.globals, "--json") != words.globals.end()) {
    return {Code::invalid_argument, "--json before an external command says nothing to it", program.string(),
            fmt::format("write mtc {} --json, where it has that flag", words.command)};
  }
  set_environment(words);
  std::vector<std::string> texts{program.string()};
  texts.insert(texts.end(), words.rest.begin(), words.rest.end());
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  return errno_error(errno, "cannot start it", program);
}

}  // namespace mtc::cli
