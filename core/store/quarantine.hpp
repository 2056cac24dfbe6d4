// SPDX-License-Identifier: Apache-2.0
//
// The place for what was found damaged, so that somebody can look at it: tmp/quarantine, bounded.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/store/layout.hpp"

namespace mtc::store {

/// Takes damaged entries out of the way. Safe from any thread.
class Quarantine {
 public:
  static constexpr std::size_t kMaxEntries = 32;
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 30;

  explicit Quarantine(const Layout& layout) : layout_(layout) {}
  /// Moves `entry` (a file or a folder) away and counts it; removes it where it cannot be moved. The oldest
  /// entries beyond kMaxEntries or kMaxBytes are removed; the newest always stays.
  void put(const std::filesystem::path& entry);
  /// When something that lay at `entry` was put here last, in milliseconds since 1970; nullopt when nothing
  /// of it is here.
  [[nodiscard]] std::optional<std::int64_t> since_unix_ms(const std::filesystem::path& entry) const;
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  const Layout& layout_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace mtc::store
