// SPDX-License-Identifier: Apache-2.0
#include "core/data/view.hpp"

#include <gtest/gtest.h>

#include "core/data/permutation.hpp"

namespace mtc::data {
namespace {

using Indices = std::vector<std::uint64_t>;

TEST(ViewTest, WithoutViewsKeepsAllInOrder) {
  EXPECT_EQ(*apply_views(Json(), 3), (Indices{0, 1, 2}));
  EXPECT_EQ(*apply_views(Json::array(), 3), (Indices{0, 1, 2}));
}

TEST(ViewTest, SkipsThenTakes) {
  EXPECT_EQ(*apply_views(Json::parse(R"([{"seed":null,"skip":2,"take":3}])"), 10), (Indices{2, 3, 4}));
}

TEST(ViewTest, PermutesBeforeItTakes) {
  const auto order = permutation(10, 5);
  const auto view = apply_views(Json::parse(R"([{"seed":5,"skip":1,"take":2}])"), 10);
  EXPECT_EQ(*view, (Indices{order[1], order[2]}));
}

TEST(ViewTest, AppliesViewsOneAfterTheOther) {
  EXPECT_EQ(*apply_views(Json::parse(R"([{"skip":4},{"skip":1,"take":2}])"), 10), (Indices{5, 6}));
}

TEST(ViewTest, RefusesToTakeMoreThanThereIs) {
  const auto view = apply_views(Json::parse(R"([{"skip":4,"take":7}])"), 10);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code, Code::invalid_argument);
  EXPECT_EQ(view.error().message, "take is 7, but there are only 6 samples");
}

TEST(ViewTest, RefusesToSkipPastTheEnd) { EXPECT_FALSE(apply_views(Json::parse(R"([{"skip":11}])"), 10)); }

TEST(ViewTest, RefusesAnEmptyResult) {
  const auto view = apply_views(Json::parse(R"([{"skip":10}])"), 10);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().message, "no sample is left");
}

TEST(ViewTest, RefusesNegativeNumbers) {
  const auto view = apply_views(Json::parse(R"([{"take":-1}])"), 10);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().message, "take is -1");
}

}  // namespace
}  // namespace mtc::data
