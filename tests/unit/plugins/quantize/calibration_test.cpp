// SPDX-License-Identifier: Apache-2.0
//
// Ranges of constructed tensors against their closed forms.
#include "plugins/quantize/calibration.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace mtc::quantize {
namespace {

const Scheme kScheme;

/// `count` values, evenly spread over [low, high].
std::vector<float> even(std::size_t count, double low, double high) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] =
        static_cast<float>(low + (high - low) * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
  }
  return values;
}

Histogram histogram_of(const std::vector<float>& values, std::size_t bins = 2048) {
  Extent extent;
  EXPECT_TRUE(extent.add(values));
  Histogram histogram(extent.range(), bins);
  histogram.add(values);
  return histogram;
}

TEST(ChooseRange, MinmaxTakesSmallestAndLargestAndZero) {
  const auto both = choose_range(histogram_of({-1.0F, 0.5F, 3.0F}), Method::minmax, 1.0, kScheme);
  EXPECT_EQ(both.low, -1.0);
  EXPECT_EQ(both.high, 3.0);
  const auto positive = choose_range(histogram_of({2.0F, 3.0F}), Method::minmax, 1.0, kScheme);
  EXPECT_EQ(positive.low, 0.0);
  EXPECT_EQ(positive.high, 3.0);
}

TEST(ChooseRange, PercentileCutsTheFarEndOfValuesOfOneSign) {
  const auto range = choose_range(histogram_of(even(100000, 0.0, 1.0)), Method::percentile, 0.99, kScheme);
  EXPECT_EQ(range.low, 0.0);
  EXPECT_NEAR(range.high, 0.99, 1e-4);
}

TEST(ChooseRange, PercentileCutsBothEndsAlikeOfValuesOfBothSigns) {
  const auto range = choose_range(histogram_of(even(100000, -1.0, 1.0)), Method::percentile, 0.9, kScheme);
  EXPECT_NEAR(range.low, -0.9, 1e-3);
  EXPECT_NEAR(range.high, 0.9, 1e-3);
}

TEST(ChooseRange, MseBalancesRoundingAgainstClipping) {
  // n values even in [0, 1] and one at 100: with the range [0, r] the squared error is n·(r/255)²/12 + (100 −
  // r)², least at r = 100 / (1 + n/(12·255²)); n = 12·255² gives r = 50.
  auto values = even(12UL * 255UL * 255UL, 0.0, 1.0);
  values.push_back(100.0F);
  const auto range = choose_range(histogram_of(values, 65536), Method::mse, 1.0, kScheme);
  EXPECT_EQ(range.low, 0.0);
  EXPECT_NEAR(range.high, 50.0, 2.0);
}

TEST(ChooseRange, MseKeepsTheWholeRangeOfEvenValues) {
  const auto range = choose_range(histogram_of(even(100000, -2.0, 2.0)), Method::mse, 1.0, kScheme);
  EXPECT_NEAR(range.high, 2.0, 0.021);
}

TEST(AffineOf, MapsTheRangeToAllCodes) {
  const auto affine = affine_of({-1.0, 3.0}, kScheme);
  EXPECT_FLOAT_EQ(affine.scale, 4.0F / 255.0F);
  EXPECT_EQ(affine.zero_point, 64);  // 255/4 = 63.75
}

TEST(AffineOf, RepresentsZeroExactly) {
  EXPECT_EQ(affine_of({0.5, 3.0}, kScheme).zero_point, 0);
  EXPECT_EQ(affine_of({-3.0, -0.5}, kScheme).zero_point, 255);
}

TEST(AffineOf, DoesNotOvershootTheEndOfAClip) {
  for (const double end : {6.0, 1.0, 0.1, 3.3, 7.7}) {
    const auto affine = affine_of({0.0, end}, kScheme);
    EXPECT_LE(255.0F * affine.scale, static_cast<float>(end));
    EXPECT_FLOAT_EQ(255.0F * affine.scale, static_cast<float>(end));
  }
}

TEST(AffineOf, GivesScaleOneToATensorOfZeros) {
  const auto affine = affine_of({0.0, 0.0}, kScheme);
  EXPECT_EQ(affine.scale, 1.0F);
  EXPECT_EQ(affine.zero_point, 0);
}

TEST(Extent, RefusesNaNAndInfinity) {
  Extent extent;
  EXPECT_FALSE(extent.add(std::vector<float>{1.0F, std::nanf(""), 2.0F}));
  EXPECT_FALSE(extent.add(std::vector<float>{1.0F, -std::numeric_limits<float>::infinity()}));
  EXPECT_TRUE(extent.empty());
}

TEST(Histogram, CountsAllValuesOfAConstantTensor) {
  const auto histogram = histogram_of(std::vector<float>(10, 2.5F));
  EXPECT_EQ(histogram.total(), 10U);
  EXPECT_EQ(histogram.counts()[0], 10U);
}

}  // namespace
}  // namespace mtc::quantize
