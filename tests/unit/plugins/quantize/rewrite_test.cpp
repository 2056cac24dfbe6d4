// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/rewrite.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <onnx/checker.h>

#include "tests/unit/plugins/quantize/graph_builder.hpp"

namespace mtc::quantize {
namespace {

using test::GraphBuilder;

/// x → Conv (bias) → Relu → Conv → y, and the Relu's tensor read in float by a Sigmoid → z.
GraphBuilder two_convolutions() {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("y", {2, 4, 4}).output("z", {2, 4, 4});
  builder.random("w", {2, 2, 1, 1}).constant("b", {2}, {0.5F, -0.25F}).random("v", {2, 2, 1, 1});
  builder.node("Conv", {"x", "w", "b"}, "a");
  builder.node("Relu", {"a"}, "r");
  builder.node("Conv", {"r", "v"}, "y");
  builder.node("Sigmoid", {"r"}, "z");
  return builder;
}

struct Quantized {
  onnx::ModelProto model;
  Rewritten rewritten;
};

Quantized quantize(const GraphBuilder& builder) {
  Quantized result{builder.model(), {}};
  const auto names = test::tensors_of(result.model);
  const auto placement = place(result.model, {}, std::set<std::string>(names.begin(), names.end()));
  EXPECT_TRUE(placement);
  const std::vector<Affine> affines(placement->groups.size(), Affine{0.02F, 10});
  auto rewritten = rewrite(result.model, *placement, affines, {});
  EXPECT_TRUE(rewritten);
  result.rewritten = *rewritten;
  return result;
}

const onnx::NodeProto& node_of(const onnx::ModelProto& model, const std::string& name) {
  return *std::ranges::find_if(model.graph().node(), [&](const auto& node) { return node.name() == name; });
}

std::map<std::string, int> initializer_types(const onnx::ModelProto& model) {
  std::map<std::string, int> types;
  for (const auto& tensor : model.graph().initializer()) types[tensor.name()] = tensor.data_type();
  return types;
}

TEST(Rewrite, IsAcceptedByTheOnnxChecker) {
  const auto quantized = quantize(two_convolutions());
  EXPECT_NO_THROW(onnx::checker::check_model(quantized.model));
}

TEST(Rewrite, StoresIntegersAndNoFloatCopyOfAWeight) {
  const auto types = initializer_types(quantize(two_convolutions()).model);
  EXPECT_EQ(types.count("w") + types.count("v") + types.count("b"), 0U);
  EXPECT_EQ(types.at("w_quantized"), onnx::TensorProto::INT8);
  EXPECT_EQ(types.at("v_quantized"), onnx::TensorProto::INT8);
  EXPECT_EQ(types.at("a_bias_quantized"), onnx::TensorProto::INT32);
}

TEST(Rewrite, PutsTheBiasAtInputScaleTimesWeightScale) {
  const auto quantized = quantize(two_convolutions());
  std::map<std::string, std::vector<float>> floats;
  std::vector<std::int32_t> bias;
  for (const auto& tensor : quantized.model.graph().initializer()) {
    if (tensor.data_type() == onnx::TensorProto::FLOAT) floats[tensor.name()] = *model::values<float>(tensor);
    if (tensor.name() == "a_bias_quantized") bias = *model::values<std::int32_t>(tensor);
  }
  ASSERT_EQ(bias.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const float scale = floats["w_quantized_scale"][i] * 0.02F;
    EXPECT_EQ(floats["a_bias_scale"][i], scale);
    EXPECT_NEAR(static_cast<double>(bias[i]) * static_cast<double>(scale), i == 0 ? 0.5 : -0.25,
                static_cast<double>(scale) / 2);
  }
}

TEST(Rewrite, FeedsEveryReaderOfAnIntegerTensorFromOnePair) {
  const auto quantized = quantize(two_convolutions());
  EXPECT_EQ(node_of(quantized.model, "y").input(0), "r_dequantized");
  EXPECT_EQ(node_of(quantized.model, "z").input(0), "r_dequantized");
  EXPECT_EQ(node_of(quantized.model, "a").input(0), "x_dequantized");
  EXPECT_EQ(node_of(quantized.model, "r").input(0), "a");
  const auto pairs = std::ranges::count_if(
      quantized.model.graph().node(), [](const auto& node) { return node.op_type() == "QuantizeLinear"; });
  EXPECT_EQ(pairs, 2);
}

TEST(Rewrite, LeavesFloatReadersOfAFloatTensorAlone) {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("y", {2, 4, 4}).output("z", {2, 4, 4}).random("w", {2, 2, 1, 1});
  builder.node("Conv", {"x", "w"}, "y");
  builder.node("Sigmoid", {"x"}, "z");
  EXPECT_EQ(node_of(quantize(builder).model, "z").input(0), "x");
}

TEST(Rewrite, SharesOneIntegerTensorBetweenNodesWithOneWeight) {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("y", {2, 4, 4}).random("w", {2, 2, 1, 1});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Conv", {"a", "w"}, "y");
  const auto quantized = quantize(builder);
  const auto codes = std::ranges::count_if(quantized.model.graph().initializer(), [](const auto& tensor) {
    return tensor.data_type() == onnx::TensorProto::INT8 && tensor.dims_size() == 4;
  });
  EXPECT_EQ(codes, 1);
}

TEST(Rewrite, KeepsGraphOutputsFloatUnderTheirName) {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("a", {2, 4, 4}).output("y", {2, 4, 4}).random("w", {2, 2, 1, 1});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Conv", {"a", "w"}, "y");
  const auto quantized = quantize(builder);
  EXPECT_EQ(node_of(quantized.model, "a").output(0), "a");
  EXPECT_EQ(node_of(quantized.model, "y").input(0), "a_dequantized");
}

}  // namespace
}  // namespace mtc::quantize
