// SPDX-License-Identifier: Apache-2.0
#include "core/base/clock.hpp"

#include <array>
#include <ctime>

namespace mtc {

namespace {

std::int64_t read_clock(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);  // Cannot fail for the two clocks used here.
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::int64_t Clock::now_unix_ns() const { return read_clock(CLOCK_REALTIME); }

std::int64_t Clock::monotonic_ns() const { return read_clock(CLOCK_MONOTONIC); }

const Clock& Clock::real() {
  static const Clock clock;
  return clock;
}

std::string utc_text(std::int64_t unix_s) {
  const std::time_t time = unix_s;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace mtc
