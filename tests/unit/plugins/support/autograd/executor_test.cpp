// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/executor.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/transform.hpp"
#include "tests/support/data_path.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::autograd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

HostTensor floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  HostTensor tensor{{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE}, std::move(shape), {}};
  const auto bytes = std::as_bytes(std::span(values));
  tensor.data.assign(bytes.begin(), bytes.end());
  return tensor;
}

template <class T>
std::vector<T> values_of(const HostTensor& tensor) {
  std::vector<T> list(tensor.data.size() / sizeof(T));
  std::memcpy(list.data(), tensor.data.data(), tensor.data.size());
  return list;
}

/// A smooth, varied signal.
HostTensor wave(std::vector<std::int64_t> shape) {
  std::size_t count = 1;
  for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = std::sin(static_cast<float>(i) * 0.37F) * 2;
  return floats(std::move(shape), values);
}

TEST(Executor, names_operator_version_and_node_that_it_does_not_support) {
  const std::pair<onnx::ModelProto, const char*> cases[] = {
      {test::parse_graph("g (float[2] x) => (float[2] y) { y = Acosh(x) }"), "Acosh"},
      {test::parse_graph("g (float[2] x, float s) => (uint8[2] y) { y = QuantizeLinear(x, s) }", 21),
       "QuantizeLinear-21"},
      {test::parse_graph("g (float[2] x) => (float[2] y) { y = Relu(x) }", 99), "99"}};
  for (const auto& [model, what] : cases) {
    const auto executor = Executor::create(model, {});
    ASSERT_FALSE(executor) << what;
    EXPECT_EQ(executor.error().code, Code::unimplemented);
    EXPECT_THAT(executor.error().message, HasSubstr("not supported"));
    EXPECT_THAT(executor.error().message, HasSubstr(what));
  }
  EXPECT_THAT(Executor::create(cases[0].first, {}).error().where, HasSubstr("Acosh 'y'"));
}

TEST(Executor, names_node_and_tensors_whose_shapes_do_not_fit) {
  auto executor = Executor::create(
      test::parse_graph("g (float[A,B] x, float[C,D] w) => (float[A,D] y) { y = MatMul(x, w) }"), {});
  ASSERT_TRUE(executor);
  const std::vector<HostTensor> inputs{wave({2, 3}), wave({4, 5})};
  const auto outputs = executor->run(inputs);
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code, Code::invalid_argument);
  EXPECT_THAT(outputs.error().where, HasSubstr("MatMul 'y'"));
  EXPECT_THAT(outputs.error().message, HasSubstr("x [2,3]"));
  EXPECT_THAT(outputs.error().message, HasSubstr("w [4,5]"));
}

TEST(Executor, quantizes_half_to_even_and_saturates) {
  auto executor = Executor::create(test::parse_graph(R"(g (float[8] x) => (uint8[8] q, float[8] y) {
    s = Constant <value = float {0.5}> ()
    z = Constant <value = uint8 {10}> ()
    q = QuantizeLinear(x, s, z)
    y = DequantizeLinear(q, s, z) })"),
                                   {});
  ASSERT_TRUE(executor) << executor.error().message;
  // x / 0.5 = 0.5, 1.5, 2.5, -0.5, -1.5, 1000, -1000, 0
  const std::vector<HostTensor> inputs{floats({8}, {0.25F, 0.75F, 1.25F, -0.25F, -0.75F, 500, -500, 0})};
  const auto outputs = executor->run(inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_THAT(values_of<std::uint8_t>((*outputs)[0]), ElementsAre(10, 12, 12, 10, 8, 255, 0, 10));
  EXPECT_THAT(values_of<float>((*outputs)[1]), ElementsAre(0, 1, 1, 0, -1, 122.5F, -5, 0));
}

TEST(Executor, dequantizes_per_axis) {
  auto executor = Executor::create(test::parse_graph(R"(g (float[2] s) => (float[2,2] y) {
    q = Constant <value = int8[2,2] {1, 2, 3, 4}> ()
    y = DequantizeLinear <axis = 0> (q, s) })"),
                                   {});
  ASSERT_TRUE(executor);
  const std::vector<HostTensor> inputs{floats({2}, {1, 10})};
  const auto outputs = executor->run(inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_THAT(values_of<float>((*outputs)[0]), ElementsAre(1, 2, 30, 40));
}

TEST(Executor, shows_the_tensors_that_the_observer_wants) {
  auto executor = Executor::create(
      test::parse_graph("g (float[2] x) => (float[2] y) { a = Neg(x) s = Shape(a) y = Abs(a) }"), {});
  ASSERT_TRUE(executor);
  std::map<std::string, std::vector<float>> seen;
  const Observer observe = [&](const std::string& name, std::span<const std::int64_t> shape,
                               std::span<const float> values) {
    EXPECT_EQ(shape.size(), 1U);
    seen[name].assign(values.begin(), values.end());
  };
  const std::vector<HostTensor> inputs{floats({2}, {1, -2})};
  ASSERT_TRUE(executor->run(inputs, observe));
  EXPECT_THAT(seen, testing::SizeIs(3));  // x, a, y; the integers of s are not shown
  EXPECT_THAT(seen.at("a"), ElementsAre(-1, 2));
  seen.clear();
  const std::vector<std::string> wanted{"y"};
  ASSERT_TRUE(executor->run(inputs, observe, wanted));
  EXPECT_THAT(seen, testing::SizeIs(1));
  EXPECT_THAT(seen.at("y"), ElementsAre(1, 2));
}

class FoldedModel : public testing::TestWithParam<const char*> {};

TEST_P(FoldedModel, gives_the_same_outputs_without_batch_norms) {
  MTC_REQUIRE_DATA(path, std::string("models/") + GetParam() + ".onnx");
  auto model = model::load(path.string());
  ASSERT_TRUE(model) << model.error().message;
  auto shape = model::infer_shapes(*model)->at(model->graph().input(0).name());
  for (auto& extent : shape) extent = extent < 0 ? 2 : extent;
  const std::vector<HostTensor> inputs{wave(shape)};
  const auto before = Executor::create(*model, {})->run(inputs);
  ASSERT_TRUE(before) << before.error().message;
  const auto folded = model::fold_batch_norms(*model);
  ASSERT_TRUE(folded) << folded.error().message;
  EXPECT_GT(*folded, 0);
  const auto removed = model::fold_constants(*model);
  ASSERT_TRUE(removed) << removed.error().message;
  for (const auto& node : model->graph().node()) EXPECT_NE(node.op_type(), "BatchNormalization");
  EXPECT_EQ(test::checker_complaint(*model), "");
  const auto after = Executor::create(*model, {})->run(inputs);
  ASSERT_TRUE(after) << after.error().message;
  for (std::size_t i = 0; i < before->size(); ++i) {
    const auto want = values_of<float>((*before)[i]);
    const auto got = values_of<float>((*after)[i]);
    const auto [low, high] = std::minmax_element(want.begin(), want.end());
    for (std::size_t k = 0; k < want.size(); ++k) ASSERT_NEAR(got[k], want[k], 1e-5F * (*high - *low));
  }
}

INSTANTIATE_TEST_SUITE_P(models, FoldedModel,
                         testing::Values("resnet20_cifar10", "mlperftiny_resnet8_cifar10",
                                         "mlperftiny_kws_dscnn", "mlperftiny_ad01_autoencoder",
                                         "mobilenetv1_025_224_imagenet", "ultraface_rfb320_bn"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Training, moves_parameters_and_statistics_which_write_back_stores) {
  auto model = test::parse_graph(R"(g (float[N,2] x) => (float[N,1] y) {
    n = BatchNormalization(x, scale, B, mean, var)
    y = Gemm(n, w, b) })");
  test::add_initializer<float>(model, "scale", {2}, {1, 1});
  test::add_initializer<float>(model, "B", {2}, {0, 0});
  test::add_initializer<float>(model, "mean", {2}, {0, 0});
  test::add_initializer<float>(model, "var", {2}, {1, 1});
  test::add_initializer<float>(model, "w", {2, 1}, {1, 1});
  test::add_initializer<float>(model, "b", {1}, {0});
  auto executor = Executor::create(model, {true, false, 1});
  ASSERT_TRUE(executor);
  auto parameters = executor->parameters();
  std::vector<std::string> names;
  for (const auto& [name, tensor] : parameters) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("scale", "B", "w", "b"));
  // Means 2 and 4, population variances 1 and 4, unbiased 2 and 8.
  const std::vector<at::Tensor> inputs{at::tensor({1.0F, 2.0F, 3.0F, 6.0F}).reshape({2, 2})};
  const auto outputs = executor->forward(inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  (*outputs)[0].sum().backward();
  for (auto& [name, tensor] : parameters) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    tensor.data().sub_(tensor.grad());
  }
  ASSERT_TRUE(executor->write_back(model));
  // d(sum y)/db = 2 samples; normalized columns sum to 0, so w stays.
  EXPECT_THAT(*model::values<float>(*test::find_initializer(model, "b")), ElementsAre(-2));
  EXPECT_THAT(*model::values<float>(*test::find_initializer(model, "w")),
              ElementsAre(testing::FloatNear(1, 1e-5F), testing::FloatNear(1, 1e-5F)));
  EXPECT_THAT(*model::values<float>(*test::find_initializer(model, "mean")),
              ElementsAre(testing::FloatEq(0.2F), testing::FloatEq(0.4F)));
  EXPECT_THAT(*model::values<float>(*test::find_initializer(model, "var")),
              ElementsAre(testing::FloatEq(0.9F + 0.2F), testing::FloatEq(0.9F + 0.8F)));
}

TEST(Training, leaves_settings_of_the_network_alone) {
  auto model = test::parse_graph(
      "g (float[2] x) => (float[2] y) { a = Mul(x, factor) b = Clip(a, low) y = Add(b, w) }");
  test::add_initializer<float>(model, "factor", {1}, {2});
  test::add_initializer<float>(model, "low", {}, {0});
  test::add_initializer<float>(model, "w", {2}, {1, 2});
  const auto executor = Executor::create(model, {true, false, 1});
  ASSERT_TRUE(executor);
  const auto parameters = executor->parameters();
  ASSERT_EQ(parameters.size(), 1U);
  EXPECT_EQ(parameters[0].first, "w");
}

}  // namespace
}  // namespace mtc::autograd
