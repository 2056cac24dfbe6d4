// SPDX-License-Identifier: Apache-2.0
//
// One holder an action, between all threads and processes that share a store: who holds it runs the action,
// the others wait and then find its result. The kernel releases it when the holder dies.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/digest.hpp"
#include "core/base/file_lock.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

class ActionLock {
 public:
  /// Takes the lock of action `key` in the store at `root`, without waiting: nullopt while another has it.
  static Result<std::optional<ActionLock>> try_take(const std::filesystem::path& root, const Digest& key);

  /// "process 4711 on host, since 2025-01-31T23:59:59Z": who had it when this was called; empty when nobody
  /// says.
  static std::string holder(const std::filesystem::path& root, const Digest& key);

  ActionLock(ActionLock&& other) noexcept;
  ActionLock& operator=(ActionLock&&) = delete;
  ~ActionLock();

 private:
  ActionLock(std::filesystem::path file, FileLock lock) : file_(std::move(file)), lock_(std::move(lock)) {}
  std::filesystem::path file_;  ///< Removed at the end, while the lock is still held; empty after a move.
  FileLock lock_;
};

}  // namespace mtc::store
