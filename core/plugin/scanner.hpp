// SPDX-License-Identifier: Apache-2.0
//
// Walks the search path and sorts what it finds into plugins, targets and rejected files.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/plugin/registry.hpp"

namespace mtc::plugin {

/// Use: one scan() call, then take the lists.
class Scanner {
 public:
  explicit Scanner(const Flags& reserved) : reserved_(reserved) {}
  void scan(const SearchPath& path);

  std::vector<Plugin> plugins;
  std::vector<Target> targets;
  std::vector<Rejected> rejected;

 private:
  void scan_folder(const std::filesystem::path& folder);
  void scan_entry(const std::filesystem::path& entry);
  /// The documents beside an explicitly named plugin that this plugin serves.
  void scan_documents_of(const std::filesystem::path& plugin_file);
  void add_plugin(const std::filesystem::path& file);
  void add_target(const std::filesystem::path& file, const std::string& only_plugin);
  void reject(const std::filesystem::path& file, const Error& error);
  /// False when the file was met before (by another path).
  bool is_new(const std::filesystem::path& file);
  /// Why the manifest cannot join those found before; empty when it can.
  [[nodiscard]] std::string clash(const Manifest& manifest) const;

  const Flags& reserved_;
  std::set<std::filesystem::path> seen_;
};

}  // namespace mtc::plugin
