// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(GraphIndex, knows_makers_readers_and_constants) {
  const auto model = test::parse_graph(R"(g (float[2] x) => (float[2] y) {
    one = Constant <value = float[1] {1}> ()
    a = Add(x, one)
    y = Mul(a, a) })");
  const auto index = GraphIndex::build(model.graph());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->producer("x"), nullptr);
  EXPECT_EQ(index->producer("a")->op_type(), "Add");
  ASSERT_EQ(index->consumers("a").size(), 1U);  // once, though Mul reads it twice
  EXPECT_NE(index->constant("one"), nullptr);
  EXPECT_EQ(index->constant("a"), nullptr);
  EXPECT_TRUE(index->is_output("y"));
  EXPECT_FALSE(index->is_output("a"));
}

TEST(GraphIndex, sorts_an_unsorted_file) {
  const auto model = test::parse_graph("g (float[2] x) => (float[2] y) { y = Neg(b) b = Abs(a) a = Exp(x) }");
  const auto index = GraphIndex::build(model.graph());
  ASSERT_TRUE(index) << index.error().message;
  std::vector<std::string> order;
  for (const auto* node : index->order()) order.push_back(node->op_type());
  EXPECT_THAT(order, ElementsAre("Exp", "Abs", "Neg"));
}

TEST(GraphIndex, refuses_cycles_double_makers_and_unmade_tensors) {
  const std::pair<const char*, const char*> cases[] = {
      {"g (float[2] x) => (float[2] y) { a = Add(x, b) b = Neg(a) y = Abs(b) }", "cycle"},
      {"g (float[2] x) => (float[2] y) { y = Neg(x) y = Abs(x) }", "made twice"},
      {"g (float[2] x) => (float[2] y) { y = Add(x, ghost) }", "'ghost'"},
      {"g (float[2] x) => (float[2] y) { z = Neg(x) }", "'y'"}};
  for (const auto& [text, what] : cases) {
    const auto index = GraphIndex::build(test::parse_graph(text).graph());
    ASSERT_FALSE(index) << text;
    EXPECT_EQ(index.error().code, Code::invalid_argument);
    EXPECT_THAT(index.error().message, HasSubstr(what));
  }
}

TEST(RealInputs, leave_out_initializers_that_are_listed_as_inputs) {
  auto model = test::parse_graph("g (float[2] x, float[2] w) => (float[2] y) { y = Add(x, w) }");
  test::add_initializer<float>(model, "w", {2}, {1, 2});
  const auto inputs = real_inputs(model.graph());
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(inputs[0]->name(), "x");
}

TEST(UniqueName, counts_up_past_names_in_use) {
  const auto model = test::parse_graph("g (float[2] x) => (float[2] y) { x_1 = Neg(x) y = Abs(x_1) }");
  EXPECT_EQ(unique_name(model.graph(), "x"), "x_2");
  EXPECT_EQ(unique_name(model.graph(), "z"), "z");
}

TEST(Describe, uses_the_output_of_a_node_without_name) {
  const auto model = test::parse_graph("g (float[2] x) => (float[2] y) { y = Neg(x) }");
  EXPECT_EQ(describe(model.graph().node(0)), "Neg 'y'");
}

}  // namespace
}  // namespace mtc::model
