// SPDX-License-Identifier: Apache-2.0
//
// A circuit breaker: after a remote cache has failed it is left alone for a while, then tried with one
// request.
#pragma once

#include <cstdint>

#include "core/base/clock.hpp"

namespace mtc::remote {

/// Not safe from several threads.
class Breaker {
 public:
  static constexpr int kFailures = 3;  ///< In a row, after which it opens.
  static constexpr std::int64_t kPauseNs = 30'000'000'000;
  static constexpr std::int64_t kLongestPauseNs = 300'000'000'000;

  explicit Breaker(const Clock& clock) : clock_(clock) {}

  /// Whether a request may be made. While the breaker is open: one, when the pause is over; its outcome must
  /// then be told by succeeded() or failed().
  bool allow();
  void succeeded();
  /// `down`: there is no hope for the next request either, so that it opens at once.
  void failed(bool down);
  [[nodiscard]] bool open() const { return open_; }

 private:
  const Clock& clock_;
  int failures_ = 0;
  bool open_ = false;
  bool probing_ = false;
  std::int64_t pause_ns_ = kPauseNs;
  std::int64_t until_ns_ = 0;
};

}  // namespace mtc::remote
