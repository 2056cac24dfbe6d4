// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/weights.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace mtc::quantize {
namespace {

const Scheme kWeightScheme;

TEST(ChannelScales, IsTheLargestMagnitudeOver127) {
  const std::vector<float> weights{0.5F, -1.27F, 2.54F, 1.0F};
  const auto scales = channel_scales(weights, {1, 2, 2}, {}, 1.0F, kWeightScheme);
  EXPECT_FLOAT_EQ(scales[0], 0.01F);
  EXPECT_FLOAT_EQ(scales[1], 0.02F);
}

TEST(ChannelScales, RunsAlongAnInnerChannelAxis) {
  const std::vector<float> weights{1.27F, 2.54F, -0.1F, -0.2F};  // [K = 2, N = 2]
  const auto scales = channel_scales(weights, {2, 2, 1}, {}, 1.0F, kWeightScheme);
  EXPECT_FLOAT_EQ(scales[0], 0.01F);
  EXPECT_FLOAT_EQ(scales[1], 0.02F);
}

TEST(ChannelScales, GivesAChannelOfZerosTheLargestScale) {
  const std::vector<float> weights{0.0F, 0.0F, 1.27F, 0.0F};
  EXPECT_FLOAT_EQ(channel_scales(weights, {1, 2, 2}, {}, 1.0F, kWeightScheme)[0], 0.01F);
  EXPECT_EQ(channel_scales(std::vector<float>(4, 0.0F), {1, 2, 2}, {}, 1.0F, kWeightScheme)[0], 1.0F);
}

TEST(ChannelScales, RisesUntilTheBiasFitsInInt32) {
  const std::vector<float> weights{1e-9F, 1.0F};
  const std::vector<float> bias{100.0F, 0.0F};
  const float input_scale = 0.01F;
  const auto scales = channel_scales(weights, {1, 2, 1}, bias, input_scale, kWeightScheme);
  EXPECT_LE(std::fabs(100.0 / (static_cast<double>(input_scale) * static_cast<double>(scales[0]))),
            0x1p30 * 1.0001);
  EXPECT_FLOAT_EQ(scales[1], 1.0F / 127.0F);
}

TEST(QuantizeWeights, RoundsHalfToEvenAndKeepsZero) {
  const std::vector<float> weights{0.5F, 1.5F, 2.5F, -0.5F, 0.0F, 200.0F, -200.0F};
  const std::vector<float> scales{1.0F};
  EXPECT_EQ(quantize_weights(weights, {1, 1, 7}, scales, kWeightScheme),
            (std::vector<std::int8_t>{0, 2, 2, 0, 0, 127, -127}));
}

TEST(QuantizeBias, DividesByItsScaleAndSaturates) {
  const std::vector<float> bias{1.0F, -2.5F, 1e20F};
  const std::vector<float> scales{0.25F, 1.0F, 1.0F};
  EXPECT_EQ(quantize_bias(bias, scales), (std::vector<std::int32_t>{4, -2, 2147483647}));
}

}  // namespace
}  // namespace mtc::quantize
