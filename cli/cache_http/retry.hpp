// SPDX-License-Identifier: Apache-2.0
//
// When to try a request again: up to three times, after waits that double and are drawn at random, so that
// many clients of a server that comes back do not come back together.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

namespace mtc::cache_http {

class Retry {
 public:
  static constexpr int kRetries = 3;
  static constexpr std::int64_t kFirstWaitMs = 100;

  /// No retry begins when `budget_ms` have gone by since the first attempt: a server that hangs is given up
  /// early.
  Retry(std::int64_t budget_ms, std::uint64_t seed) : budget_ms_(budget_ms), random_(seed) {}

  /// The wait before the next attempt, in ms: from half to all of kFirstWaitMs · 2^(attempts so far − 1).
  /// nullopt: give up. `elapsed_ms` since the first attempt began.
  std::optional<std::int64_t> next(std::int64_t elapsed_ms);

 private:
  std::int64_t budget_ms_;
  std::mt19937_64 random_;
  int retries_ = 0;
};

}  // namespace mtc::cache_http
