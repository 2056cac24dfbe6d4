// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/prepare.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <onnx/checker.h>

#include "plugins/support/onnx/model.hpp"
#include "tests/support/data_path.hpp"
#include "tests/unit/plugins/quantize/graph_builder.hpp"

namespace mtc::quantize {
namespace {

using test::GraphBuilder;

std::vector<std::string> operators(const onnx::ModelProto& model) {
  std::vector<std::string> names;
  for (const auto& node : model.graph().node()) names.push_back(node.op_type());
  return names;
}

const onnx::TensorProto& bias_of(const onnx::ModelProto& model) {
  const auto& name = model.graph().node(0).input(2);
  return *std::ranges::find_if(model.graph().initializer(),
                               [&](const auto& tensor) { return tensor.name() == name; });
}

TEST(FoldShifts, GivesAConvTheSumOfItsBiasAndTheShift) {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("y", {2, 4, 4}).random("w", {2, 2, 1, 1});
  builder.constant("b", {2}, {1.0F, 2.0F}).constant("c", {2, 1, 1}, {10.0F, 20.0F});
  builder.node("Conv", {"x", "w", "b"}, "a");
  builder.node("Add", {"a", "c"}, "y");
  auto model = builder.model();
  const auto folded = fold_shifts(model);
  ASSERT_TRUE(folded);
  EXPECT_EQ(*folded, 1);
  EXPECT_EQ(operators(model), (std::vector<std::string>{"Conv"}));
  EXPECT_EQ(*model::values<float>(bias_of(model)), (std::vector<float>{11.0F, 22.0F}));
  EXPECT_EQ(model.graph().node(0).output(0), "y");
}

TEST(FoldShifts, TurnsMatMulOfRankTwoIntoGemm) {
  GraphBuilder builder;
  builder.input("x", {3}).output("y", {2}).random("w", {3, 2}).constant("c", {1, 2}, {1.0F, 2.0F});
  builder.node("MatMul", {"x", "w"}, "a");
  builder.node("Add", {"c", "a"}, "y");
  auto model = builder.model();
  ASSERT_TRUE(fold_shifts(model));
  EXPECT_EQ(operators(model), (std::vector<std::string>{"Gemm"}));
}

TEST(FoldShifts, LeavesAShiftAlongAnotherAxisAlone) {
  GraphBuilder builder;
  builder.input("x", {2, 4, 2}).output("y", {2, 4, 2}).random("w", {2, 2, 1, 1});
  builder.constant("c", {2}, {10.0F, 20.0F});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Add", {"a", "c"}, "y");
  auto model = builder.model();
  const auto folded = fold_shifts(model);
  ASSERT_TRUE(folded);
  EXPECT_EQ(*folded, 0);
}

TEST(FoldShifts, LeavesAConvWithAScalarWeightToItsReader) {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("y", {2, 4, 4}).constant("w", {}, {1.0F}).constant("c", {}, {2.0F});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Add", {"a", "c"}, "y");
  auto model = builder.model();
  const auto folded = fold_shifts(model);
  EXPECT_TRUE(!folded || *folded == 0);
}

TEST(Prepare, RaisesAnOpset8ModelTo13AndFoldsItsShifts) {
  MTC_REQUIRE_DATA(path, "models/mnist_cntk_opset8.onnx");
  auto model = model::load(path.string());
  ASSERT_TRUE(model);
  const auto prepared = prepare(*model);
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_EQ(model::opset(*model), 13);
  EXPECT_NO_THROW(onnx::checker::check_model(*model));
  const auto names = operators(*model);
  EXPECT_EQ(std::ranges::count(names, "Add"), 0);
  EXPECT_EQ(std::ranges::count(names, "Gemm"), 1);
}

TEST(Prepare, LeavesNoBatchNormInResNet20) {
  MTC_REQUIRE_DATA(path, "models/resnet20_cifar10.onnx");
  auto model = model::load(path.string());
  ASSERT_TRUE(model);
  ASSERT_TRUE(prepare(*model));
  EXPECT_EQ(std::ranges::count(operators(*model), "BatchNormalization"), 0);
}

}  // namespace
}  // namespace mtc::quantize
