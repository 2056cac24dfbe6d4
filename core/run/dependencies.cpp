// SPDX-License-Identifier: Apache-2.0
#include "core/run/dependencies.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "core/base/file.hpp"
#include "core/base/process.hpp"
#include "core/base/text.hpp"

namespace mtc::run {
namespace {

/// libonnxruntime.so.1 → MTC_ONNXRUNTIME
std::string override_variable(const std::string& library) {
  std::string stem = library.substr(0, library.find('.'));
  if (stem.starts_with("lib")) stem.erase(0, 3);
  std::ranges::transform(stem, stem.begin(), [](unsigned char c) {
    return std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_';
  });
  return "MTC_" + stem;
}

/// The folders that /etc/ld.so.conf names, in the order of its include files.
std::vector<std::filesystem::path> loader_folders() {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/etc/ld.so.conf.d", error))
    files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::filesystem::path> folders;
  for (const auto& file : files) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
      if (line.starts_with('/')) folders.emplace_back(trim(line));
    }
  }
  folders.insert(folders.end(), {"/lib", "/usr/lib", "/lib64", "/usr/lib64"});
  return folders;
}

std::vector<std::filesystem::path> library_folders(const plugin::Plugin& plugin) {
  std::vector<std::filesystem::path> folders;
  if (const char* path = std::getenv("LD_LIBRARY_PATH"); path != nullptr) {
    for (const auto& folder : split(path, ':')) {
      if (!folder.empty()) folders.emplace_back(folder);
    }
  }
  const auto own = plugin.file.parent_path();
  folders.push_back(own);
  folders.push_back(own.parent_path() / "libraries");
  std::ranges::copy(loader_folders(), std::back_inserter(folders));
  return folders;
}

Result<std::filesystem::path> find_library(const std::string& name, const plugin::Plugin& plugin) {
  const std::string variable = override_variable(name);
  std::error_code error;
  if (const char* file = std::getenv(variable.c_str()); file != nullptr && *file != '\0') {
    if (std::filesystem::is_regular_file(file, error)) return std::filesystem::canonical(file);
    return Error{Code::failed_precondition,
                 fmt::format("{} names '{}', which is not a file", variable, file),
                 {},
                 fmt::format("set {} to the path of {}", variable, name)};
  }
  for (const auto& folder : library_folders(plugin)) {
    if (std::filesystem::is_regular_file(folder / name, error))
      return std::filesystem::canonical(folder / name);
  }
  return Error{Code::failed_precondition,
               fmt::format("the library {} of plugin {} was not found", name, plugin.manifest.id),
               {},
               fmt::format("install it (scripts/setup does), or set {} to its path", variable)};
}

/// What `tool --version` prints; kept in <store>/tools/ under the digest of the executable.
Result<std::string> tool_version(const std::filesystem::path& tool, const Digest& digest,
                                 const store::Store& store) {
  const auto kept = store.root() / "tools" / digest;
  if (auto text = read_file(kept)) return text;
  const auto capture = kept.string() + fmt::format(".{}", getpid());
  MTC_TRY(make_directories(kept.parent_path()));
  std::string text;
  {
    const Fd file(open(capture.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    Command command;
    command.argv = {tool.string(), "--version"};
    command.environment = {{"LC_ALL", "C"}};
    command.output = file.get();
    MTC_ASSIGN(auto child, start(command));
    MTC_ASSIGN(const auto status, child.wait_for(10'000));
    if (!status) MTC_TRY(child.kill_group(0));
    MTC_ASSIGN(text, read_file(capture));
  }
  MTC_TRY(write_file_atomic(kept, text));
  MTC_TRY(remove_tree(capture));
  return text;
}

}  // namespace

Result<std::filesystem::path> locate_dependency(const plugin::Dependency& dependency,
                                                const plugin::Plugin& plugin) {
  if (!dependency.tool) return find_library(dependency.name, plugin);
  auto found = find_program(dependency.name);
  if (found) return found;
  return Error{Code::failed_precondition,
               fmt::format("the tool {} of plugin {} is not on PATH", dependency.name, plugin.manifest.id),
               {},
               "install it (scripts/setup does)"};
}

Result<FoundDependency> find_dependency(const plugin::Dependency& dependency, const plugin::Plugin& plugin,
                                        store::Store& store) {
  MTC_ASSIGN(const auto path, locate_dependency(dependency, plugin));
  if (!dependency.tool) {
    MTC_ASSIGN(const auto digest, store.file_digest(path));
    return FoundDependency{path, digest};
  }
  MTC_ASSIGN(const auto digest, store.file_digest(std::filesystem::canonical(path)));
  MTC_ASSIGN(const auto version, tool_version(path, digest, store));
  return FoundDependency{path, digest + " " + digest_of(version)};
}

}  // namespace mtc::run
