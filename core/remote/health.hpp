// SPDX-License-Identifier: Apache-2.0
//
// How a remote cache does: whether to ask it, what to tell people, and what came of it all.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/remote/breaker.hpp"
#include "core/remote/transport.hpp"
#include "mtc/result.hpp"

namespace mtc::remote {

/// What the requests of a run came to.
struct Statistics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;   ///< Whatever the reason: not there, damaged, a blob lost, the cache left alone.
  std::uint64_t uploads = 0;  ///< Entries that were taken.
  std::uint64_t bytes_down = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t failures = 0;  ///< Requests that failed, or that were not made because others had.
};

/// Safe from any thread. Downloads and uploads are judged apart: a cache may serve one and refuse the other.
class Health {
 public:
  enum class Way { down, up };

  explicit Health(const Clock& clock) : down_(clock), up_(clock) {}

  /// Whether a request may be made; counts a failure when not.
  bool allow(Way way);
  /// Takes note of an answer; each trouble becomes one warning, however often it comes.
  void report(Way way, const Reply& reply);
  void hit();
  void miss();
  void uploaded();
  /// A trouble on this machine that kept a request from being made or used; no failure of the cache.
  void local_trouble(Error error);

  /// Warnings since the last call.
  std::vector<Error> take_warnings();
  [[nodiscard]] Statistics statistics() const;

 private:
  void warn(Error error);

  mutable std::mutex mutex_;
  Breaker down_;
  Breaker up_;
  Statistics statistics_;
  std::set<std::string> told_;
  std::vector<Error> warnings_;
};

}  // namespace mtc::remote
