// SPDX-License-Identifier: Apache-2.0
#include "plugins/sparsify/prune.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "tests/support/data_path.hpp"

namespace mtc::sparsify {
namespace {

using testing::HasSubstr;

std::map<std::string, std::vector<float>> weights_of(const onnx::ModelProto& model) {
  std::map<std::string, std::vector<float>> all;
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.data_type() == onnx::TensorProto::FLOAT) all[tensor.name()] = *model::values<float>(tensor);
  }
  return all;
}

/// Non-zeros of the fullest group of four input channels of a Conv weight [M, C, kh, kw].
int fullest_group(const onnx::TensorProto& weight) {
  const auto values = *model::values<float>(weight);
  const auto channels = static_cast<std::size_t>(weight.dims(1));
  const auto inner = static_cast<std::size_t>(weight.dims(2) * weight.dims(3));
  int fullest = 0;
  for (std::size_t out = 0; out < static_cast<std::size_t>(weight.dims(0)); ++out) {
    for (std::size_t channel = 0; channel < channels; channel += 4) {
      for (std::size_t at = 0; at < inner; ++at) {
        int count = 0;
        for (std::size_t i = 0; i < 4; ++i) {
          count += values[(out * channels + channel + i) * inner + at] != 0.0F ? 1 : 0;
        }
        fullest = std::max(fullest, count);
      }
    }
  }
  return fullest;
}

const onnx::TensorProto* find(const onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  return nullptr;
}

/// y = Gemm(x, b), where b is [K, N] = [4, 2] or its transpose.
onnx::ModelProto gemm_model(bool transposed) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  auto& graph = *model.mutable_graph();
  graph.add_input()->set_name("x");
  graph.add_output()->set_name("y");
  auto& node = *graph.add_node();
  node.set_op_type("Gemm");
  node.add_input("x");
  node.add_input("b");
  node.add_output("y");
  auto& attribute = *node.add_attribute();
  attribute.set_name("transB");
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(transposed ? 1 : 0);
  const std::vector<float> values{1, 8, 2, 7, 3, 6, 4, 5};
  const std::vector<std::int64_t> shape =
      transposed ? std::vector<std::int64_t>{2, 4} : std::vector<std::int64_t>{4, 2};
  *graph.add_initializer() = model::make_tensor<float>("b", shape, values);
  return model;
}

TEST(Prune, RunsAlongTheKAxisOfGemm) {
  auto model = gemm_model(false);
  ASSERT_TRUE(prune(model, {Pattern::two_of_four, 0.5, {}}));
  EXPECT_EQ(weights_of(model)["b"], (std::vector<float>{0, 8, 0, 7, 3, 0, 4, 0}));
  auto transposed = gemm_model(true);
  ASSERT_TRUE(prune(transposed, {Pattern::two_of_four, 0.5, {}}));
  EXPECT_EQ(weights_of(transposed)["b"], (std::vector<float>{0, 8, 0, 7, 0, 6, 0, 5}));
}

TEST(Prune, RecordsPatternAndTensorsInTheMetadata) {
  auto model = gemm_model(false);
  ASSERT_TRUE(prune(model, {Pattern::unstructured, 0.5, {}}));
  const auto metadata = model::metadata(model);
  EXPECT_EQ(metadata.at("mtc.sparsity.pattern"), "unstructured");
  EXPECT_EQ(metadata.at("mtc.sparsity.tensors"), R"(["b"])");
}

TEST(Prune, RefusesToSkipAnUnknownTensor) {
  auto model = gemm_model(false);
  const auto report = prune(model, {Pattern::unstructured, 0.5, {"c"}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::invalid_argument);
  EXPECT_THAT(report.error().message, HasSubstr("'c'"));
}

TEST(Prune, LeavesEveryGroupOfResNet20AtMostTwoNonZeros) {
  MTC_REQUIRE_DATA(path, "models/resnet20_cifar10.onnx");
  auto model = model::load(path.string());
  ASSERT_TRUE(model);
  const auto report = prune(*model, {Pattern::two_of_four, 0.5, {}});
  ASSERT_TRUE(report) << report.error().message;
  int pruned = 0;
  for (const auto& weight : report->weights) {
    const auto* tensor = find(*model, weight.tensor);
    ASSERT_NE(tensor, nullptr);
    if (tensor->dims_size() != 4) continue;
    if (!weight.left_dense.empty()) {
      EXPECT_EQ(tensor->dims(1), 3);  // the stem alone: RGB
      continue;
    }
    ++pruned;
    EXPECT_LE(fullest_group(*tensor), 2) << weight.tensor;
  }
  EXPECT_EQ(pruned, 18);
  EXPECT_EQ(report->zeros * 2, report->elements);
}

TEST(Prune, ReportsDepthwiseConvolutionsAsLeftDense) {
  MTC_REQUIRE_DATA(path, "models/mlperftiny_kws_dscnn.onnx");
  auto model = model::load(path.string());
  ASSERT_TRUE(model);
  const auto before = weights_of(*model);
  const auto report = prune(*model, {Pattern::two_of_four, 0.5, {}});
  ASSERT_TRUE(report);
  int depthwise = 0;
  const auto after = weights_of(*model);
  for (const auto& weight : report->weights) {
    if (weight.left_dense.find("depthwise") == std::string::npos) continue;
    ++depthwise;
    EXPECT_EQ(before.at(weight.tensor), after.at(weight.tensor));
  }
  EXPECT_EQ(depthwise, 4);
}

}  // namespace
}  // namespace mtc::sparsify
