// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/quantize/graph_builder.hpp"

namespace mtc::quantize {
namespace {

using test::GraphBuilder;
using testing::ElementsAre;
using testing::HasSubstr;

Result<Placement> place_all(const GraphBuilder& builder) {
  const auto names = test::tensors_of(builder.model());
  return place(builder.model(), {}, std::set<std::string>(names.begin(), names.end()));
}

std::vector<std::vector<std::string>> tensors(const Placement& placement) {
  std::vector<std::vector<std::string>> all;
  for (const auto& group : placement.groups) all.push_back(group.tensors);
  return all;
}

TEST(Place, QuantizesBehindAFusedReluAndLeavesTheOutputFloat) {
  GraphBuilder builder;
  builder.input("x", {4, 8, 8}).output("y", {4, 8, 8}).random("w", {4, 4, 1, 1});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Relu", {"a"}, "b");
  builder.node("Conv", {"b", "w"}, "y");
  const auto placement = place_all(builder);
  ASSERT_TRUE(placement) << placement.error().message;
  using List = std::vector<std::string>;
  EXPECT_THAT(tensors(*placement), ElementsAre(List{"x"}, List{"b"}));
  EXPECT_EQ(placement->nodes[0].output, "b");
  EXPECT_EQ(placement->nodes[1].output, "y");
}

TEST(Place, JoinsMoversInFrontOfAQuantizedTensor) {
  GraphBuilder builder;
  builder.input("x", {4, 8, 8}).output("y", {8, 4, 4}).integers("pads", {0, 0, 0, 0, 0, 4, 0, 0});
  builder.integers("starts", {0, 0})
      .integers("ends", {8, 8})
      .integers("axes", {2, 3})
      .integers("steps", {2, 2});
  builder.random("w", {8, 4, 1, 1});
  test::set_ints(builder.node("Conv", {"x", "w"}, "conv"), "strides", {2, 2});
  builder.node("Slice", {"x", "starts", "ends", "axes", "steps"}, "slice");
  builder.node("Pad", {"slice", "pads"}, "pad");
  builder.node("Add", {"conv", "pad"}, "y");
  const auto placement = place_all(builder);
  ASSERT_TRUE(placement) << placement.error().message;
  EXPECT_THAT(placement->groups[0].tensors, ElementsAre("x", "slice", "pad"));
  EXPECT_THAT(placement->groups[0].roots, ElementsAre("x"));
  EXPECT_THAT(placement->groups[1].tensors, ElementsAre("conv"));
}

TEST(Place, GivesAllOperandsOfAConcatOneScale) {
  GraphBuilder builder;
  builder.input("x", {4, 8, 8}).output("y", {4, 8, 8}).random("w", {4, 4, 1, 1}).random("v", {4, 8, 1, 1});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Conv", {"x", "w"}, "b");
  test::set_int(builder.node("Concat", {"a", "b"}, "c"), "axis", 1);
  builder.node("Conv", {"c", "v"}, "y");
  const auto placement = place_all(builder);
  ASSERT_TRUE(placement) << placement.error().message;
  ASSERT_EQ(placement->groups.size(), 2U);
  EXPECT_THAT(placement->groups[1].tensors, ElementsAre("a", "b", "c"));
  EXPECT_THAT(placement->groups[1].roots, ElementsAre("a", "b"));
}

TEST(Place, LeavesAnAddOfAConstantInFloatAndSaysWhy) {
  GraphBuilder builder;
  builder.input("x", {4, 8, 8}).output("y", {4, 8, 8}).random("w", {4, 4, 1, 1}).constant("c", {1}, {1e-5F});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Add", {"a", "c"}, "y");
  const auto placement = place_all(builder);
  ASSERT_TRUE(placement);
  ASSERT_EQ(placement->left_float.size(), 1U);
  EXPECT_THAT(placement->left_float[0].reason, HasSubstr("constant"));
}

TEST(Place, SkipsTensorsThatAreNotFloat) {
  GraphBuilder builder;
  builder.input("x", {4, 8, 8}).output("y", {4, 8, 8}).random("w", {4, 4, 1, 1});
  builder.node("Conv", {"x", "w"}, "y");
  builder.node("Add", {"i", "j"}, "k");
  builder.input("i", {2}).input("j", {2});
  const auto placement = place(builder.model(), {}, {"x", "y"});
  ASSERT_TRUE(placement);
  EXPECT_EQ(placement->nodes.size(), 1U);
  EXPECT_EQ(placement->groups.size(), 1U);
}

TEST(Place, RefusesAModelThatIsQuantizedAlready) {
  GraphBuilder builder;
  builder.input("x", {4}).output("y", {4}).constant("s", {}, {0.1F});
  builder.node("QuantizeLinear", {"x", "s"}, "y");
  const auto placement = place_all(builder);
  ASSERT_FALSE(placement);
  EXPECT_EQ(placement.error().code, Code::invalid_argument);
  EXPECT_THAT(placement.error().message, HasSubstr("quantized already"));
}

TEST(Place, RefusesAModelWithNothingToQuantize) {
  GraphBuilder builder;
  builder.input("x", {4}).output("y", {4});
  builder.node("Relu", {"x"}, "y");
  const auto placement = place_all(builder);
  ASSERT_FALSE(placement);
  EXPECT_EQ(placement.error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace mtc::quantize
