// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/schedule.hpp"

#include <gtest/gtest.h>

namespace mtc::train {
namespace {

TEST(LearningRate, RisesLinearlyWhileWarmingUp) {
  const Schedule schedule{0.1, 4, 100, true};
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 0), 0.025);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 3), 0.1);
}

TEST(LearningRate, FollowsHalfACosineToZero) {
  const Schedule schedule{0.2, 10, 110, true};
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 10), 0.2);
  EXPECT_NEAR(learning_rate(schedule, 60), 0.1, 1e-12);
  EXPECT_NEAR(learning_rate(schedule, 110), 0.0, 1e-12);
}

TEST(LearningRate, StaysAtThePeakWithoutCosine) {
  const Schedule schedule{0.2, 0, 100, false};
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 0), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 99), 0.2);
}

}  // namespace
}  // namespace mtc::train
