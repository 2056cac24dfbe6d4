// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/order_statistics.hpp"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace mtc::bench {
namespace {

/// 1, 2, … n.
std::vector<std::int64_t> first_numbers(std::size_t n) {
  std::vector<std::int64_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

TEST(Percentile, IsTheNearestRank) {
  const std::vector<std::int64_t> five = {15, 20, 35, 40, 50};
  EXPECT_EQ(percentile(five, 5), 15);
  EXPECT_EQ(percentile(five, 30), 20);
  EXPECT_EQ(percentile(five, 40), 20);
  EXPECT_EQ(percentile(five, 50), 35);
  EXPECT_EQ(percentile(five, 100), 50);
}

TEST(Percentile, IsThePercentOfTheFirstHundredNumbers) {
  const auto hundred = first_numbers(100);
  for (int percent = 1; percent <= 100; ++percent) EXPECT_EQ(percentile(hundred, percent), percent);
}

TEST(Percentile, IsNotPushedUpByRoundingNoise) {
  EXPECT_EQ(percentile(first_numbers(1000), 99.9), 999);
  EXPECT_EQ(percentile(first_numbers(10000), 99.99), 9999);
}

TEST(Percentile, OfOneValueIsThatValue) { EXPECT_EQ(percentile(std::vector<std::int64_t>{7}, 99), 7); }

struct RankExample {
  std::size_t n, low, high;
};

class MedianRanks : public testing::TestWithParam<RankExample> {};

// The usual tables of 95 % intervals of a median from the sign test, where the coverage is ≥ 0.95.
INSTANTIATE_TEST_SUITE_P(Tables, MedianRanks,
                         testing::Values(RankExample{6, 1, 6}, RankExample{8, 1, 8}, RankExample{9, 2, 8},
                                         RankExample{10, 2, 9}, RankExample{15, 4, 12},
                                         RankExample{20, 6, 15}, RankExample{25, 8, 18},
                                         RankExample{30, 10, 21}, RankExample{50, 18, 33},
                                         RankExample{100, 40, 61}));

TEST_P(MedianRanks, AreTheTabulatedOnes) {
  const auto ranks = median_interval_ranks(GetParam().n);
  ASSERT_TRUE(ranks);
  EXPECT_EQ(ranks->low, GetParam().low);
  EXPECT_EQ(ranks->high, GetParam().high);
}

TEST(MedianRanks, DoNotExistBelowSixValues) {
  for (std::size_t n = 1; n < 6; ++n) EXPECT_FALSE(median_interval_ranks(n)) << n;
}

// For large n the binomial is normal: n/2 − 1.96·√n/2.
TEST(MedianRanks, FollowTheNormalLimitForMillionsOfValues) {
  const auto ranks = median_interval_ranks(4'000'000);
  ASSERT_TRUE(ranks);
  EXPECT_NEAR(static_cast<double>(ranks->low), 2e6 - 1959.96, 2);
  EXPECT_EQ(ranks->low + ranks->high, 4'000'001U);
}

}  // namespace
}  // namespace mtc::bench
