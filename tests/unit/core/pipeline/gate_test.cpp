// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::pipeline {
namespace {

Gate parsed_gate(const std::string& text) {
  const auto gate = parse_gate(text);
  EXPECT_TRUE(gate) << text;
  return gate ? *gate : Gate();
}

TEST(GateTest, ReadsALimitThatIsANumber) {
  const auto gate = parsed_gate("top1 >= 0.915");
  EXPECT_EQ(gate.text, "top1 >= 0.915");
  EXPECT_EQ(gate.metric, "top1");
  EXPECT_EQ(gate.op, ">=");
  EXPECT_EQ(gate.stage, "");
  EXPECT_EQ(gate.offset, 0.915);
}

TEST(GateTest, ReadsNumbersInEveryForm) {
  EXPECT_EQ(parsed_gate("a<-3").offset, -3.0);
  EXPECT_EQ(parsed_gate(" a  ==  .5 ").offset, 0.5);
  EXPECT_EQ(parsed_gate("a > 1e-3").offset, 1e-3);
}

TEST(GateTest, ReadsTheMetricOfAnotherStage) {
  const auto gate = parsed_gate("top1 >= float_score.top5 - 0.003");
  EXPECT_EQ(gate.stage, "float_score");
  EXPECT_EQ(gate.stage_metric, "top5");
  EXPECT_EQ(gate.offset, -0.003);
  EXPECT_EQ(parsed_gate("top1 < other-1.top1+2").offset, 2.0);
  EXPECT_EQ(parsed_gate("top1 < other.top1").offset, 0.0);
}

TEST(GateTest, HoldsAsItsOperatorSays) {
  const auto holds = [](const char* op, double value) {
    return parsed_gate(std::string("a ") + op + " 1").holds(value, 1);
  };
  EXPECT_TRUE(holds(">=", 1) && holds(">=", 2) && !holds(">=", 0.5));
  EXPECT_TRUE(holds("<=", 1) && holds("<=", 0.5) && !holds("<=", 2));
  EXPECT_TRUE(holds(">", 2) && !holds(">", 1));
  EXPECT_TRUE(holds("<", 0.5) && !holds("<", 1));
  EXPECT_TRUE(holds("==", 1) && !holds("==", 2));
}

class MalformedGateTest : public testing::TestWithParam<const char*> {};

TEST_P(MalformedGateTest, IsRefusedWithTheForm) {
  const auto gate = parse_gate(GetParam());
  ASSERT_FALSE(gate);
  EXPECT_EQ(gate.error().code, Code::invalid_argument);
  EXPECT_THAT(gate.error().message, testing::HasSubstr(std::string("'") + GetParam() + "'"));
  EXPECT_THAT(gate.error().hint, testing::HasSubstr("METRIC OP NUMBER"));
}

INSTANTIATE_TEST_SUITE_P(Forms, MalformedGateTest,
                         testing::Values("", "top1", "top1 >=", ">= 0.5", "top1 => 0.5", "top1 != 0.5",
                                         "top1 >= ten", "top1 >= 0.5x", "top1 >= s.m - x", "top1 >= s.m * 2",
                                         "top1 >= 0.5 0.6", "top1 >= nan", "top1 <= inf", "top1 >= 1e999"));

}  // namespace
}  // namespace mtc::pipeline
