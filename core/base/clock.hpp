// SPDX-License-Identifier: Apache-2.0
//
// The clock as a seam: code whose result depends on the time takes a Clock, tests give it another one.
#pragma once

#include <cstdint>
#include <string>

namespace mtc {

/// The system's clocks. Safe from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Nanoseconds since 1970-01-01 UTC; may jump.
  [[nodiscard]] virtual std::int64_t now_unix_ns() const;
  /// The same in whole seconds.
  [[nodiscard]] std::int64_t now_unix_s() const { return now_unix_ns() / 1'000'000'000; }
  /// Nanoseconds since an arbitrary instant; never goes back.
  [[nodiscard]] virtual std::int64_t monotonic_ns() const;

  /// The one real clock.
  static const Clock& real();
};

/// "2025-01-31T23:59:59Z".
std::string utc_text(std::int64_t unix_s);

}  // namespace mtc
