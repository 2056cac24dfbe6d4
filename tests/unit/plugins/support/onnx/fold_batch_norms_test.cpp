// SPDX-License-Identifier: Apache-2.0
//
// Closed forms on tiny weights. That outputs of real models stay is tested with the executor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/transform.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::model {
namespace {

using testing::ElementsAre;

/// With epsilon 1 the factors are 4/sqrt(3+1) = 2 and 3/sqrt(8+1) = 1, the shifts 1 - 4·2 = -7 and -1 - 5·1 =
/// -6.
void add_statistics(onnx::ModelProto& model) {
  test::add_initializer<float>(model, "scale", {2}, {4, 3});
  test::add_initializer<float>(model, "B", {2}, {1, -1});
  test::add_initializer<float>(model, "mean", {2}, {4, 5});
  test::add_initializer<float>(model, "var", {2}, {3, 8});
}

std::vector<float> floats(const onnx::ModelProto& model, const std::string& name) {
  const auto* tensor = test::find_initializer(model, name);
  return tensor == nullptr ? std::vector<float>() : *values<float>(*tensor);
}

TEST(FoldBatchNorms, scales_a_convolution_and_adds_its_bias) {
  auto model = test::parse_graph(R"(g (float[1,1,1,1] x) => (float[1,2,1,1] y) {
    c = Conv(x, w)
    y = BatchNormalization <epsilon = 1.0> (c, scale, B, mean, var) })");
  test::add_initializer<float>(model, "w", {2, 1, 1, 1}, {10, 20});
  add_statistics(model);
  const auto count = fold_batch_norms(model);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(*count, 1);
  ASSERT_EQ(model.graph().node_size(), 1);
  const auto& conv = model.graph().node(0);
  EXPECT_EQ(conv.output(0), "y");
  EXPECT_THAT(floats(model, conv.input(1)), ElementsAre(20, 20));  // · 4/2 and · 3/3
  EXPECT_THAT(floats(model, conv.input(2)), ElementsAre(-7, -6));  // 1 - 4·2 and -1 - 5·1
  EXPECT_EQ(model.graph().initializer_size(), 2);
  EXPECT_EQ(test::checker_complaint(model), "");
}

TEST(FoldBatchNorms, scales_the_columns_of_a_gemm_whatever_alpha_beta_and_transposition) {
  auto model = test::parse_graph(R"(g (float[1,2] x) => (float[1,2] y) {
    c = Gemm <alpha = 0.5, beta = 2.0> (x, w, bias)
    y = BatchNormalization <epsilon = 1.0> (c, scale, B, mean, var) })");
  test::add_initializer<float>(model, "w", {2, 2}, {1, 2, 3, 4});
  test::add_initializer<float>(model, "bias", {2}, {10, 20});
  add_statistics(model);
  const auto count = fold_batch_norms(model);
  ASSERT_TRUE(count && *count == 1);
  EXPECT_THAT(floats(model, "w"), ElementsAre(2, 2, 6, 4));
  EXPECT_THAT(floats(model, "bias"), ElementsAre(33, 34));  // 2·10·2 - 7 and 2·20·1 - 6
  EXPECT_EQ(test::checker_complaint(model), "");
}

TEST(FoldBatchNorms, copies_a_weight_that_two_convolutions_share) {
  auto model = test::parse_graph(R"(g (float[1,1,1,1] x) => (float[1,2,1,1] y, float[1,2,1,1] z) {
    c = Conv(x, w)
    z = Conv(x, w)
    y = BatchNormalization <epsilon = 1.0> (c, scale, B, mean, var) })");
  test::add_initializer<float>(model, "w", {2, 1, 1, 1}, {10, 20});
  add_statistics(model);
  const auto count = fold_batch_norms(model);
  ASSERT_TRUE(count && *count == 1);
  EXPECT_THAT(floats(model, "w"), ElementsAre(10, 20));
}

TEST(FoldBatchNorms, leaves_what_others_read) {
  const char* graphs[] = {
      "g (float[1,1,1,1] x) => (float[1,2,1,1] y, float[1,2,1,1] c) { c = Conv(x, w) "
      "y = BatchNormalization(c, scale, B, mean, var) }",
      "g (float[1,1,1,1] x) => (float[1,2,1,1] y, float[1,2,1,1] z) { c = Conv(x, w) z = Relu(c) "
      "y = BatchNormalization(c, scale, B, mean, var) }",
      "g (float[1,2,1,1] x) => (float[1,2,1,1] y) { c = Relu(x) y = BatchNormalization(c, scale, B, mean, "
      "var) }"};
  for (const auto* graph : graphs) {
    auto model = test::parse_graph(graph);
    test::add_initializer<float>(model, "w", {2, 1, 1, 1}, {10, 20});
    add_statistics(model);
    const auto count = fold_batch_norms(model);
    ASSERT_TRUE(count) << count.error().message;
    EXPECT_EQ(*count, 0) << graph;
  }
}

}  // namespace
}  // namespace mtc::model
