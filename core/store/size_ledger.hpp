// SPDX-License-Identifier: Apache-2.0
//
// How large the store is, without walking through it: what the last walk found, and what was taken in since.
// A process that is killed does not write down what it took in: until the next walk the size is too small
// then.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "mtc/result.hpp"

namespace mtc::store {

/// Safe from any thread and any number of processes.
class SizeLedger {
 public:
  explicit SizeLedger(std::filesystem::path file) : file_(std::move(file)) {}
  SizeLedger(const SizeLedger&) = delete;
  SizeLedger& operator=(const SizeLedger&) = delete;
  ~SizeLedger();

  /// Notes what was taken in, and what went; written by get() and at the end.
  void add(std::uint64_t bytes) { added_ += static_cast<std::int64_t>(bytes); }
  void remove(std::uint64_t bytes) { added_ -= static_cast<std::int64_t>(bytes); }
  /// The size as a walk found it.
  Result<void> set(std::uint64_t bytes);
  /// nullopt before the first set(), and when the file says no number.
  Result<std::optional<std::uint64_t>> get();

 private:
  std::filesystem::path file_;
  std::atomic<std::int64_t> added_{0};
};

}  // namespace mtc::store
