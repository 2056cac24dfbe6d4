// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/retry.hpp"

#include <set>

#include <gtest/gtest.h>

namespace mtc::cache_http {
namespace {

TEST(Retry, ComesThreeTimesAfterWaitsThatDouble) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Retry retry(10'000, seed);
    for (const std::int64_t most : {100, 200, 400}) {
      const auto wait = retry.next(0);
      ASSERT_TRUE(wait);
      EXPECT_GE(*wait, most / 2);
      EXPECT_LE(*wait, most);
    }
    EXPECT_FALSE(retry.next(0));
  }
}

TEST(Retry, DrawsItsWaits) {
  std::set<std::int64_t> waits;
  for (std::uint64_t seed = 0; seed < 100; ++seed) waits.insert(*Retry(10'000, seed).next(0));
  EXPECT_GT(waits.size(), 20U);
}

TEST(Retry, EndsWithItsTime) {
  Retry retry(1000, 1);
  EXPECT_TRUE(retry.next(999));
  EXPECT_FALSE(retry.next(1000));
}

}  // namespace
}  // namespace mtc::cache_http
