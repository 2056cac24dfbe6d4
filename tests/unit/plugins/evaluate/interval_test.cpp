// SPDX-License-Identifier: Apache-2.0
//
// Intervals against published values.
#include "plugins/evaluate/interval.hpp"

#include <gtest/gtest.h>

namespace mtc::evaluate {
namespace {

TEST(TwoSidedZ, IsTheTabulatedQuantile) {
  EXPECT_NEAR(two_sided_z(0.90), 1.6448536269514722, 1e-12);
  EXPECT_NEAR(two_sided_z(0.95), 1.959963984540054, 1e-12);
  EXPECT_NEAR(two_sided_z(0.99), 2.5758293035489004, 1e-12);
  EXPECT_NEAR(two_sided_z(0.9999), 3.890591886413, 1e-9);
}

struct WilsonExample {
  std::uint64_t successes, trials;
  double low, high;
};

class Wilson : public testing::TestWithParam<WilsonExample> {};

// Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3.
INSTANTIATE_TEST_SUITE_P(Newcombe, Wilson,
                         testing::Values(WilsonExample{81, 263, 0.2553, 0.3662},
                                         WilsonExample{15, 148, 0.0624, 0.1605},
                                         WilsonExample{0, 20, 0.0000, 0.1611},
                                         WilsonExample{1, 29, 0.0061, 0.1718}));

TEST_P(Wilson, IsThePublishedInterval) {
  const auto& example = GetParam();
  const Interval interval = wilson_interval(example.successes, example.trials, 0.95);
  EXPECT_NEAR(interval.low, example.low, 5e-5);
  EXPECT_NEAR(interval.high, example.high, 5e-5);
}

TEST(Wilson, IsExactAtTheEnds) {
  EXPECT_EQ(wilson_interval(0, 7, 0.95).low, 0.0);
  EXPECT_EQ(wilson_interval(7, 7, 0.95).high, 1.0);
}

TEST(Wilson, IsSymmetric) {
  const Interval right = wilson_interval(37, 41, 0.9);
  const Interval wrong = wilson_interval(4, 41, 0.9);
  EXPECT_NEAR(right.low, 1 - wrong.high, 1e-15);
  EXPECT_NEAR(right.high, 1 - wrong.low, 1e-15);
}

// Newcombe (1998), Statistics in Medicine 17, 2635–2650, method 10, the example 36, 12, 2, 0.
TEST(PairedDifference, IsThePublishedIntervalForCorrelatedFailures) {
  const Interval interval = paired_difference_interval({36, 12, 2, 0}, 0.95);
  EXPECT_NEAR(interval.low, 0.0569, 5e-5);
  EXPECT_NEAR(interval.high, 0.3404, 5e-5);
}

// Fagerland, Lydersen and Laake (2014), Statistics in Medicine 33, 2850–2875, the study of 21 children:
// −0.507 to −0.026. Here the continuity correction makes φ zero: 1·12 − 1·7 = 5 is less than 21/2.
TEST(PairedDifference, IsThePublishedIntervalWhereTheCorrectionActs) {
  const Interval interval = paired_difference_interval({1, 1, 7, 12}, 0.95);
  EXPECT_NEAR(interval.low, -0.507, 5e-4);
  EXPECT_NEAR(interval.high, -0.026, 5e-4);
}

TEST(PairedDifference, ChangesSignWithTheOrder) {
  const Interval forward = paired_difference_interval({800, 30, 20, 150}, 0.95);
  const Interval backward = paired_difference_interval({800, 20, 30, 150}, 0.95);
  EXPECT_NEAR(forward.low, -backward.high, 1e-15);
  EXPECT_NEAR(forward.high, -backward.low, 1e-15);
}

TEST(PairedDifference, HoldsZeroForEqualClassifiers) {
  const Interval interval = paired_difference_interval({916, 0, 0, 84}, 0.95);
  EXPECT_LE(interval.low, 0);
  EXPECT_GE(interval.high, 0);
  EXPECT_LT(interval.high - interval.low, 0.02);
}

TEST(PairedDifference, StaysWithinRangeWhenNothingIsShared) {
  const Interval interval = paired_difference_interval({0, 10, 0, 0}, 0.95);
  EXPECT_LE(interval.high, 1);
  EXPECT_GT(interval.low, 0.5);
}

}  // namespace
}  // namespace mtc::evaluate
