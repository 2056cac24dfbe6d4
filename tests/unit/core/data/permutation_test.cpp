// SPDX-License-Identifier: Apache-2.0
#include "core/data/permutation.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <gtest/gtest.h>

namespace mtc::data {
namespace {

TEST(SplitMix64Test, GivesThePublishedSequence) {
  // Output of Vigna's splitmix64.c for the seed 1234567.
  SplitMix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
  EXPECT_EQ(random.next(), 4593380528125082431ULL);
  EXPECT_EQ(random.next(), 16408922859458223821ULL);
}

TEST(SplitMix64Test, UnitIsUniformBelowOne) {
  SplitMix64 random(1);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const float value = random.unit();
    ASSERT_GE(value, 0.0F);
    ASSERT_LT(value, 1.0F);
    sum += static_cast<double>(value);
  }
  EXPECT_NEAR(sum / 10000, 0.5, 4 * 0.2887 / 100);  // four standard errors of a uniform mean
}

TEST(PermutationTest, HoldsEveryIndexOnce) {
  auto order = permutation(1000, 7);
  std::sort(order.begin(), order.end());
  std::vector<std::uint64_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(order, expected);
}

TEST(PermutationTest, DependsOnTheSeedAlone) {
  EXPECT_EQ(permutation(100, 3), permutation(100, 3));
  EXPECT_NE(permutation(100, 3), permutation(100, 4));
}

TEST(PermutationTest, FollowsTheStatedAlgorithm) {
  // By hand from the published sequence of seed 1234567: i = 4, 3, 2, 1 draw next() mod 5, 4, 3, 2 = 2, 1,
  // 0, 1.
  EXPECT_EQ(permutation(5, 1234567), (std::vector<std::uint64_t>{4, 3, 0, 1, 2}));
}

TEST(PermutationTest, PutsEverySampleAnywhereEquallyOften) {
  std::array<int, 4> first{};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) ++first[permutation(4, seed).front()];
  for (const int count : first)
    EXPECT_NEAR(count, 1000, 4 * 27.4);  // four standard deviations of Binomial(4000, 1/4)
}

TEST(PermutationTest, OfNothingIsEmpty) { EXPECT_TRUE(permutation(0, 1).empty()); }

}  // namespace
}  // namespace mtc::data
