// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/scanner.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/base/elf.hpp"
#include "core/base/file.hpp"
#include "core/plugin/target_document.hpp"

namespace mtc::plugin {
namespace {

constexpr std::string_view kPluginSuffix = ".so";
constexpr std::string_view kTargetSuffix = ".target.toml";
constexpr const char* kSection = ".mtc.manifest";
constexpr std::uint64_t kMaxDocumentBytes = std::uint64_t{16} << 20U;

bool ends_with(const std::filesystem::path& file, std::string_view suffix) {
  const std::string name = file.filename().string();
  return name.size() > suffix.size() && name.ends_with(suffix);
}

/// The entries of a folder, sorted by name; empty where it cannot be read.
std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    entries.push_back(at->path());
  }
  std::ranges::sort(entries);
  return entries;
}

std::filesystem::path full_path(const std::filesystem::path& path) {
  std::error_code code;
  const auto result = std::filesystem::absolute(path, code);
  return code ? path : result.lexically_normal();
}

Result<Manifest> read_manifest(const std::filesystem::path& file, const Flags& reserved) {
  std::error_code code;
  if (std::filesystem::is_empty(file, code) && !code) {
    return Error{Code::data_loss, "the file is empty", "", "build or copy it again"};
  }
  MTC_ASSIGN(const ElfSection section, read_elf_section(file, kSection));
  if (section.machine != host_elf_machine()) {
    return Error{Code::failed_precondition,
                 "built for " + elf_machine_name(section.machine) + ", this machine is " +
                     elf_machine_name(host_elf_machine()),
                 "", "build it for this machine"};
  }
  return parse_manifest(section.content, "plugin.toml", reserved);
}

}  // namespace

void Scanner::scan(const SearchPath& path) {
  for (const auto& entry : path.explicit_entries) scan_entry(full_path(entry));
  for (const auto& entry : path.folders) {
    std::error_code code;
    if (std::filesystem::exists(entry, code)) scan_entry(full_path(entry));
  }
}

void Scanner::scan_entry(const std::filesystem::path& entry) {
  std::error_code code;
  if (std::filesystem::is_directory(entry, code)) return scan_folder(entry);
  if (!std::filesystem::exists(entry, code)) {
    return reject(
        entry, {Code::not_found, "there is no such file or folder", "", "check the path given by --plugin"});
  }
  if (ends_with(entry, kTargetSuffix)) return add_target(entry, "");
  add_plugin(entry);
  scan_documents_of(entry);
}

void Scanner::scan_folder(const std::filesystem::path& folder) {
  for (const auto& entry : sorted_entries(folder)) {
    if (ends_with(entry, kPluginSuffix)) add_plugin(entry);
    if (ends_with(entry, kTargetSuffix)) add_target(entry, "");
  }
}

void Scanner::scan_documents_of(const std::filesystem::path& plugin_file) {
  const auto plugin = std::ranges::find(plugins, plugin_file, &Plugin::file);
  if (plugin == plugins.end() || plugin->manifest.targets.empty()) return;
  const std::string id = plugin->manifest.id;
  for (const auto& entry : sorted_entries(plugin_file.parent_path())) {
    if (ends_with(entry, kTargetSuffix)) add_target(entry, id);
  }
}

bool Scanner::is_new(const std::filesystem::path& file) {
  std::error_code code;
  const auto real = std::filesystem::canonical(file, code);
  return seen_.insert(code ? file : real).second;
}

void Scanner::reject(const std::filesystem::path& file, const Error& error) {
  std::string reason = error.where.empty() || error.where == file.string() ? "" : error.where + ": ";
  reason += error.message;
  if (!error.hint.empty()) reason += "; " + error.hint;
  rejected.push_back({file, std::move(reason)});
}

std::string Scanner::clash(const Manifest& manifest) const {
  for (const Plugin& earlier : plugins) {
    if (earlier.manifest.id == manifest.id) {
      return "the plugin \"" + manifest.id + "\" was found before in " + earlier.file.string();
    }
    for (const Stage& stage : manifest.stages) {
      if (std::ranges::find(earlier.manifest.stages, stage.name, &Stage::name) ==
          earlier.manifest.stages.end()) {
        continue;
      }
      return "its stage \"" + stage.name + "\" was found before in the plugin \"" + earlier.manifest.id +
             "\" (" + earlier.file.string() + ")";
    }
  }
  return "";
}

void Scanner::add_plugin(const std::filesystem::path& file) {
  if (!is_new(file)) return;
  auto manifest = read_manifest(file, reserved_);
  if (!manifest) return reject(file, manifest.error());
  if (auto reason = clash(*manifest); !reason.empty()) {
    rejected.push_back({file, std::move(reason)});
    return;
  }
  plugins.push_back({file, *std::move(manifest)});
}

void Scanner::add_target(const std::filesystem::path& file, const std::string& only_plugin) {
  auto text = read_file(file, kMaxDocumentBytes);
  auto target = text ? parse_target(*text, file) : Result<Target>(text.error());
  if (!only_plugin.empty() && (!target || target->plugin != only_plugin)) return;
  if (!is_new(file)) return;
  if (!target) return reject(file, target.error());
  const auto earlier = std::ranges::find(targets, target->id, &Target::id);
  if (earlier != targets.end()) {
    rejected.push_back(
        {file, "the target \"" + target->id + "\" was found before in " + earlier->file.string()});
    return;
  }
  targets.push_back(*std::move(target));
}

}  // namespace mtc::plugin
