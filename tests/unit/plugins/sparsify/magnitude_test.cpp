// SPDX-License-Identifier: Apache-2.0
#include "plugins/sparsify/magnitude.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mtc::sparsify {
namespace {

TEST(ZeroSmallest, ZeroesTheSmallestMagnitudesOfEitherSign) {
  std::vector<float> weights{0.5F, -0.1F, 3.0F, 0.2F, -4.0F};
  ASSERT_TRUE(zero_smallest(weights, 0.4));
  EXPECT_EQ(weights, (std::vector<float>{0.5F, 0.0F, 3.0F, 0.0F, -4.0F}));
}

TEST(ZeroSmallest, RoundsTheCountDown) {
  std::vector<float> weights{1.0F, 2.0F, 3.0F};
  const auto zeros = zero_smallest(weights, 0.5);
  ASSERT_TRUE(zeros);
  EXPECT_EQ(*zeros, 1U);
}

TEST(ZeroSmallest, LosesNoZeroToAFractionThatIsNotExactInBinary) {
  for (int percent = 0; percent <= 100; ++percent) {
    std::vector<float> weights;
    for (int i = 1; i <= 100; ++i) weights.push_back(static_cast<float>(i));
    const auto zeros = zero_smallest(weights, percent / 100.0);
    ASSERT_TRUE(zeros);
    EXPECT_EQ(*zeros, static_cast<std::size_t>(percent));
  }
}

TEST(ZeroSmallest, TakesTheLowerIndexOfEqualMagnitudes) {
  std::vector<float> weights{1.0F, -1.0F, 1.0F, -1.0F};
  ASSERT_TRUE(zero_smallest(weights, 0.5));
  EXPECT_EQ(weights, (std::vector<float>{0.0F, 0.0F, 1.0F, -1.0F}));
}

TEST(ZeroSmallest, CountsZerosThatWereThereBefore) {
  std::vector<float> weights{0.0F, 0.0F, 3.0F, 4.0F};
  const auto zeros = zero_smallest(weights, 0.25);
  ASSERT_TRUE(zeros);
  EXPECT_EQ(*zeros, 2U);
}

TEST(ZeroSmallest, RefusesAFractionAboveOne) {
  std::vector<float> weights{1.0F};
  const auto zeros = zero_smallest(weights, 1.5);
  ASSERT_FALSE(zeros);
  EXPECT_EQ(zeros.error().code, Code::invalid_argument);
}

TEST(ZeroTwoOfFour, PrunesAlongTheChannelAxisForEachInnerPosition) {
  // [outer 1, channels 4, inner 2]: columns (1, 3, 2, 4) and (8, 5, 7, 6).
  std::vector<float> weights{1, 8, 3, 5, 2, 7, 4, 6};
  const auto zeros = zero_two_of_four(weights, {1, 4, 2});
  ASSERT_TRUE(zeros);
  EXPECT_EQ(*zeros, 4U);
  EXPECT_EQ(weights, (std::vector<float>{0, 8, 3, 0, 0, 7, 4, 0}));
}

TEST(ZeroTwoOfFour, TakesTheLowerIndexOfEqualMagnitudes) {
  std::vector<float> weights{-2, 2, 2, -2, 1, 1, 1, 9};
  ASSERT_TRUE(zero_two_of_four(weights, {1, 8, 1}));
  EXPECT_EQ(weights, (std::vector<float>{0, 0, 2, -2, 0, 0, 1, 9}));
}

TEST(ZeroTwoOfFour, RefusesChannelsThatAreNoMultipleOfFour) {
  std::vector<float> weights(6, 1.0F);
  const auto zeros = zero_two_of_four(weights, {1, 6, 1});
  ASSERT_FALSE(zeros);
  EXPECT_EQ(zeros.error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace mtc::sparsify
