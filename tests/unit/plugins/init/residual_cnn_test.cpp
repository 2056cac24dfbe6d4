// SPDX-License-Identifier: Apache-2.0
#include "plugins/init/residual_cnn.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <onnx/checker.h>

#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::init {
namespace {

std::string bytes(const ResidualCnn& network) { return build(network)->SerializeAsString(); }

TEST(ResidualCnn, IsAcceptedByTheOnnxChecker) {
  const auto model = build({});
  ASSERT_TRUE(model);
  EXPECT_NO_THROW(onnx::checker::check_model(*model));
}

TEST(ResidualCnn, HasOneLogitAClass) {
  ResidualCnn network;
  network.classes = 7;
  const auto model = build(network);
  ASSERT_TRUE(model);
  const auto shapes = model::infer_shapes(*model);
  ASSERT_TRUE(shapes) << shapes.error().message;
  EXPECT_EQ(shapes->at("logits"), (std::vector<std::int64_t>{-1, 7}));
}

TEST(ResidualCnn, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  ResidualCnn other;
  other.seed = 1;
  EXPECT_EQ(bytes({}), bytes({}));
  EXPECT_NE(bytes({}), bytes(other));
}

TEST(ResidualCnn, HasConvolutionWeightsOfVarianceTwoOverFanIn) {
  ResidualCnn network;
  network.width = 64;
  const auto model = build(network);
  ASSERT_TRUE(model);
  for (const auto& tensor : model->graph().initializer()) {
    if (tensor.name() != "stage3.0.conv2.weight") continue;
    const auto values = *model::values<float>(tensor);
    double sum = 0.0;
    for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
    const double expected = 2.0 / (256.0 * 9.0);
    EXPECT_NEAR(sum / static_cast<double>(values.size()), expected, 0.02 * expected);
    return;
  }
  FAIL() << "no such weight";
}

TEST(ResidualCnn, RefusesAnInputThatShrinksToNothing) {
  ResidualCnn network;
  network.input_shape = {1, 4, 4};
  const auto model = build(network);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace mtc::init
