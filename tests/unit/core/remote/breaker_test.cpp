// SPDX-License-Identifier: Apache-2.0
#include "core/remote/breaker.hpp"

#include <gtest/gtest.h>

namespace mtc::remote {
namespace {

class SetClock : public Clock {
 public:
  std::int64_t now_ns = 0;
  [[nodiscard]] std::int64_t monotonic_ns() const override { return now_ns; }
};

class BreakerTest : public testing::Test {
 protected:
  SetClock clock_;
  Breaker breaker_{clock_};
};

TEST_F(BreakerTest, OpensAfterThreeFailuresInARow) {
  breaker_.failed(false);
  breaker_.failed(false);
  EXPECT_TRUE(breaker_.allow());
  breaker_.failed(false);
  EXPECT_FALSE(breaker_.allow());
}

TEST_F(BreakerTest, ASuccessStartsTheCountAnew) {
  breaker_.failed(false);
  breaker_.failed(false);
  breaker_.succeeded();
  breaker_.failed(false);
  breaker_.failed(false);
  EXPECT_TRUE(breaker_.allow());
}

TEST_F(BreakerTest, OpensAtOnceWhenTheCacheIsDown) {
  breaker_.failed(true);
  EXPECT_FALSE(breaker_.allow());
}

TEST_F(BreakerTest, LetsOneRequestThroughAfterThePause) {
  breaker_.failed(true);
  clock_.now_ns += Breaker::kPauseNs - 1;
  EXPECT_FALSE(breaker_.allow());
  clock_.now_ns += 1;
  EXPECT_TRUE(breaker_.allow());
  EXPECT_FALSE(breaker_.allow()) << "while the first is on its way";
  breaker_.succeeded();
  EXPECT_TRUE(breaker_.allow());
}

TEST_F(BreakerTest, DoublesThePauseUpToALimit) {
  breaker_.failed(true);
  std::int64_t pause_ns = Breaker::kPauseNs;
  for (int i = 0; i < 6; ++i) {
    clock_.now_ns += pause_ns;
    ASSERT_TRUE(breaker_.allow());
    breaker_.failed(true);
    pause_ns = std::min(2 * pause_ns, Breaker::kLongestPauseNs);
    clock_.now_ns += pause_ns - 1;
    ASSERT_FALSE(breaker_.allow());
    clock_.now_ns -= pause_ns - 1;
  }
}

TEST_F(BreakerTest, IgnoresFailuresOfRequestsFromBeforeItOpened) {
  breaker_.failed(true);
  clock_.now_ns += Breaker::kPauseNs / 2;
  breaker_.failed(true);
  clock_.now_ns += Breaker::kPauseNs / 2;
  EXPECT_TRUE(breaker_.allow());
}

}  // namespace
}  // namespace mtc::remote
