// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/latency.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace mtc::bench {
namespace {

TEST(Summarize, GivesOneNumberForConstantRuns) {
  const Latency latency = summarize(std::vector<std::int64_t>(100, 5'000'000), 1);
  EXPECT_EQ(latency.runs, 100U);
  EXPECT_EQ(latency.min_ns, 5'000'000);
  EXPECT_EQ(latency.p50_ns, 5'000'000);
  EXPECT_EQ(latency.p99_ns, 5'000'000);
  EXPECT_EQ(latency.mean_ns, 5e6);
  EXPECT_EQ(latency.variation, 0);
  EXPECT_FALSE(latency.unstable());
  EXPECT_DOUBLE_EQ(latency.throughput_per_s, 200);
}

TEST(Summarize, GivesPercentilesOfShuffledRuns) {
  std::vector<std::int64_t> durations(1000);
  std::iota(durations.begin(), durations.end(), 1);
  std::reverse(durations.begin(), durations.end());
  std::rotate(durations.begin(), durations.begin() + 333, durations.end());
  const Latency latency = summarize(durations, 1);
  EXPECT_EQ(latency.p50_ns, 500);
  EXPECT_EQ(latency.p90_ns, 900);
  EXPECT_EQ(latency.p99_ns, 990);
  EXPECT_EQ(latency.max_ns, 1000);
  EXPECT_DOUBLE_EQ(latency.mean_ns, 500.5);
  // Variance of 1…n with n − 1 below: n(n+1)/12.
  EXPECT_NEAR(latency.deviation_ns, std::sqrt(1000.0 * 1001 / 12), 1e-9);
}

TEST(Summarize, CallsTwoSpeedsUnstable) {
  std::vector<std::int64_t> durations(90, 1'000);
  durations.insert(durations.end(), 10, 3'000);
  const Latency latency = summarize(durations, 1);
  EXPECT_EQ(latency.p50_ns, 1'000);
  EXPECT_EQ(latency.p90_ns, 1'000);
  EXPECT_EQ(latency.p99_ns, 3'000);
  EXPECT_TRUE(latency.unstable());
}

TEST(Summarize, EnclosesTheMedian) {
  std::vector<std::int64_t> durations(100);
  std::iota(durations.begin(), durations.end(), 1);
  const Latency latency = summarize(durations, 1);
  ASSERT_TRUE(latency.p50_interval);
  EXPECT_EQ(latency.p50_interval->low_ns, 40);
  EXPECT_EQ(latency.p50_interval->high_ns, 61);
  EXPECT_FALSE(summarize(std::vector<std::int64_t>{1, 2, 3}, 1).p50_interval);
}

TEST(Summarize, CountsSamplesNotRunsForThroughput) {
  EXPECT_DOUBLE_EQ(summarize(std::vector<std::int64_t>(10, 1'000'000), 32).throughput_per_s, 32'000);
}

TEST(Summarize, TakesRunsThatAreTooShortForTheClock) {
  const Latency latency = summarize(std::vector<std::int64_t>{0, 0}, 1);
  EXPECT_EQ(latency.throughput_per_s, 0);
  EXPECT_EQ(latency.variation, 0);
}

}  // namespace
}  // namespace mtc::bench
