// SPDX-License-Identifier: Apache-2.0
//
// Where things lie in the store (the picture is in store.hpp).
#pragma once

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
  [[nodiscard]] std::filesystem::path checkpoints(const Digest& key) const {
    return sharded("checkpoints", key);
  }
  [[nodiscard]] std::filesystem::path runs() const { return root_ / "runs"; }
  [[nodiscard]] std::filesystem::path tmp() const { return root_ / "tmp"; }
  [[nodiscard]] std::filesystem::path quarantine() const { return tmp() / "quarantine"; }
  [[nodiscard]] std::filesystem::path stat_db() const { return root_ / "stat.db"; }
  [[nodiscard]] std::filesystem::path uses() const { return root_ / "uses"; }
  [[nodiscard]] std::filesystem::path uses_lock() const { return root_ / "uses.lock"; }
  [[nodiscard]] std::filesystem::path collect_lock() const { return root_ / "collect.lock"; }
  [[nodiscard]] std::filesystem::path pin(const Digest& key) const { return pins() / key; }
  [[nodiscard]] std::filesystem::path pins() const { return root_ / "pins"; }
  [[nodiscard]] std::filesystem::path size() const { return root_ / "size"; }
  [[nodiscard]] std::filesystem::path lock() const { return root_ / "lock"; }
  [[nodiscard]] std::filesystem::path version() const { return root_ / "layout"; }

 private:
  [[nodiscard]] std::filesystem::path sharded(std::string_view kind, const Digest& digest) const {
    return root_ / kind / digest.substr(0, 2) / digest;
  }
  std::filesystem::path root_;
};

}  // namespace mtc::store
