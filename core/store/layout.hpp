// SPDX-License-Identifier: Apache-2.0
//
// Where things lie in the store (the picture is in store.hpp), and the place for what was found damaged.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/base/digest.hpp"

namespace mtc::store {

class Layout {
 public:
  explicit Layout(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path blob(const Digest& digest) const { return sharded("cas", digest); }
  [[nodiscard]] std::filesystem::path result(const Digest& key) const { return sharded("ac", key); }
  [[nodiscard]] std::filesystem::path action(const Digest& key) const { return sharded("actions", key); }
  [[nodiscard]] std::filesystem::path tree(const Digest& digest) const { return sharded("trees", digest); }
  [[nodiscard]] std::filesystem::path records(const Digest& key) const { return sharded("records", key); }
  [[nodiscard]] std::filesystem::path runs() const { return root_ / "runs"; }
  [[nodiscard]] std::filesystem::path tmp() const { return root_ / "tmp"; }
  [[nodiscard]] std::filesystem::path stat_db() const { return root_ / "stat.db"; }
  [[nodiscard]] std::filesystem::path lock() const { return root_ / "lock"; }
  [[nodiscard]] std::filesystem::path version() const { return root_ / "layout"; }

 private:
  [[nodiscard]] std::filesystem::path sharded(std::string_view kind, const Digest& digest) const {
    return root_ / kind / digest.substr(0, 2) / digest;
  }
  std::filesystem::path root_;
};

/// Takes damaged entries out of the way: into tmp/quarantine/, for whoever wants to look at them.
class Quarantine {
 public:
  explicit Quarantine(const Layout& layout) : layout_(layout) {}
  /// Moves `entry` (a file or a folder) away and counts it; removes it where it cannot be moved.
  void put(const std::filesystem::path& entry);
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  const Layout& layout_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace mtc::store
