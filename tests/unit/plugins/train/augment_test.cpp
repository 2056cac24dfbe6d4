// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/augment.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace mtc::train {
namespace {

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

TEST(Augment, FlipGivesTheImageOrItsMirrorAndBothOccur) {
  const std::array<std::int64_t, 4> shape{64, 1, 1, 3};
  std::vector<float> images;
  for (int i = 0; i < 64; ++i) images.insert(images.end(), {1.0F, 2.0F, 3.0F});
  std::mt19937_64 random(1);
  augment(images, shape, {true, false}, random);
  std::set<std::vector<float>> seen;
  for (std::size_t i = 0; i < images.size(); i += 3) seen.insert({images[i], images[i + 1], images[i + 2]});
  EXPECT_EQ(seen, (std::set<std::vector<float>>{{1, 2, 3}, {3, 2, 1}}));
}

TEST(Augment, CropShiftsAllChannelsAlikeByUpToAnEighth) {
  const std::array<std::int64_t, 4> shape{1, 2, 16, 16};
  std::vector<float> images = ramp(512);
  const auto before = images;
  std::mt19937_64 random(3);
  augment(images, shape, {false, true}, random);
  bool found = false;
  for (int down = -2; down <= 2; ++down) {
    for (int right = -2; right <= 2; ++right) {
      bool equal = true;
      for (int at = 0; at < 512; ++at) {
        const int y = at % 256 / 16 + down;
        const int x = at % 16 + right;
        const bool inside = y >= 0 && y < 16 && x >= 0 && x < 16;
        const auto from = static_cast<std::size_t>(at / 256 * 256 + y * 16 + x);
        equal = equal && images[static_cast<std::size_t>(at)] == (inside ? before[from] : 0.0F);
      }
      found = found || equal;
    }
  }
  EXPECT_TRUE(found);
}

TEST(Augment, LeavesImagesAloneWhenNothingIsAsked) {
  const std::array<std::int64_t, 4> shape{2, 1, 4, 4};
  auto images = ramp(32);
  std::mt19937_64 random(0);
  augment(images, shape, {}, random);
  EXPECT_EQ(images, ramp(32));
}

TEST(ParseAugmentation, RefusesNoneBesideAnother) {
  const std::array<std::int64_t, 3> shape{3, 32, 32};
  const auto parsed = parse_augmentation({"none", "flip"}, shape);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Code::invalid_argument);
}

TEST(ParseAugmentation, RefusesSamplesThatAreNoImages) {
  const std::array<std::int64_t, 1> shape{640};
  EXPECT_FALSE(parse_augmentation({"crop"}, shape));
  EXPECT_TRUE(parse_augmentation({"none"}, shape));
}

}  // namespace
}  // namespace mtc::train
