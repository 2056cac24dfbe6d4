// SPDX-License-Identifier: Apache-2.0
//
// The whole of quantize.ptq on ResNet-20 and on constructed failures.
#include "plugins/quantize/ptq.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/sparsify/prune.hpp"
#include "plugins/support/onnx/model.hpp"
#include "tests/support/data_path.hpp"
#include "tests/unit/plugins/quantize/graph_builder.hpp"
#include "tests/unit/plugins/quantize/real_data.hpp"

namespace mtc::quantize {
namespace {

using test::go_on;
using test::GraphBuilder;
using testing::HasSubstr;

Options quick(Method method = Method::mse) {
  Options options;
  options.method = method;
  options.report_samples = 8;
  return options;
}

std::vector<float> floats_of(const autograd::HostTensor& tensor) {
  std::vector<float> values(tensor.data.size() / sizeof(float));
  std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
  return values;
}

/// Runs `samples` one batch at a time and collects the float values of `name`.
std::vector<float> dump(const onnx::ModelProto& model, const Samples& samples, std::size_t count,
                        const std::string& name) {
  auto executor = *autograd::Executor::create(model, {});
  std::vector<float> all;
  const std::vector<std::string> wanted{name};
  const auto done = for_each_batch(
      samples, count, 4, false, [&](const autograd::HostTensor& batch, std::size_t /*done*/) -> Result<void> {
        auto outputs = executor.run(
            std::span(&batch, 1),
            [&](const std::string&, std::span<const std::int64_t>, std::span<const float> values) {
              all.insert(all.end(), values.begin(), values.end());
            },
            wanted);
        EXPECT_TRUE(outputs);
        return {};
      });
  EXPECT_TRUE(done);
  return all;
}

std::vector<std::size_t> predictions(const onnx::ModelProto& model, const Samples& samples) {
  auto executor = *autograd::Executor::create(model, {});
  std::vector<std::size_t> classes;
  const auto done = for_each_batch(
      samples, samples.count, 50, false,
      [&](const autograd::HostTensor& batch, std::size_t /*done*/) -> Result<void> {
        const auto outputs = executor.run(std::span(&batch, 1));
        EXPECT_TRUE(outputs);
        const auto scores = floats_of(outputs->front());
        for (std::size_t i = 0; i < scores.size(); i += 10) {
          const auto row = std::span(scores).subspan(i, 10);
          classes.push_back(static_cast<std::size_t>(std::ranges::max_element(row) - row.begin()));
        }
        return {};
      });
  EXPECT_TRUE(done);
  return classes;
}

class ResNet20 : public testing::Test {
 protected:
  void SetUp() override {
    MTC_REQUIRE_DATA(model, "models/resnet20_cifar10.onnx");
    MTC_REQUIRE_DATA(train, "datasets/cifar10_train/images_0.npy");
    model_ = *model::load(model.string());
    calibration_ = test::from_npy(train.string(), 0, 64, test::kImageNet);
  }

  onnx::ModelProto model_;
  Samples calibration_;
};

TEST_F(ResNet20, KeepsItsAccuracyAndItsPredictions) {
  MTC_REQUIRE_DATA(images, "datasets/cifar10_test/images.npy");
  const auto outcome = quantize(model_, calibration_, quick(), go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto samples = test::from_npy(images.string(), 0, 500, test::kImageNet);
  const auto expected = predictions(model_, samples);
  const auto found = predictions(outcome->model, samples);
  const auto same = std::inner_product(expected.begin(), expected.end(), found.begin(), 0, std::plus<>(),
                                       [](std::size_t a, std::size_t b) { return a == b ? 1 : 0; });
  EXPECT_GE(same, 490);
}

TEST_F(ResNet20, HoldsIntegersAndNoFloatCopyOfAWeight) {
  const auto outcome = quantize(model_, calibration_, quick(Method::minmax), go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  int weights = 0;
  for (const auto& tensor : outcome->model.graph().initializer()) {
    weights += tensor.data_type() == onnx::TensorProto::INT8 && tensor.dims_size() > 1 ? 1 : 0;
    EXPECT_TRUE(tensor.data_type() != onnx::TensorProto::FLOAT || tensor.dims_size() <= 1) << tensor.name();
  }
  EXPECT_EQ(weights, 20);
  EXPECT_EQ(model::metadata(outcome->model).at("mtc.quant.scheme"), "qdq.u8s8.per-channel/1");
}

TEST_F(ResNet20, GivesTheSameBytesTwice) {
  const auto first = quantize(model_, calibration_, quick(), go_on);
  const auto second = quantize(model_, calibration_, quick(), go_on);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->model.SerializeAsString(), second->model.SerializeAsString());
}

TEST_F(ResNet20, GetsAnotherRangeFromEachCalibration) {
  std::vector<std::vector<double>> highs;
  for (const auto method : {Method::minmax, Method::percentile, Method::mse}) {
    const auto outcome = quantize(model_, calibration_, quick(method), go_on);
    ASSERT_TRUE(outcome) << outcome.error().message;
    auto& high = highs.emplace_back();
    for (const auto& activation : outcome->report.activations) high.push_back(activation.chosen.high);
  }
  EXPECT_NE(highs[0], highs[1]);
  EXPECT_NE(highs[1], highs[2]);
  EXPECT_NE(highs[0], highs[2]);
  for (std::size_t i = 0; i < highs[0].size(); ++i) EXPECT_LE(highs[1][i], highs[0][i]);
}

TEST_F(ResNet20, ReportsTheSqnrOfDumpedTensors) {
  const auto outcome = quantize(model_, calibration_, quick(), go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_GE(outcome->report.layers.size(), 20U);
  for (const std::size_t at : {std::size_t{0}, std::size_t{7}, outcome->report.layers.size() - 1}) {
    const auto& layer = outcome->report.layers[at];
    const auto x = dump(outcome->float_model, calibration_, 8, layer.tensor);
    const auto y = dump(outcome->model, calibration_, 8, layer.quantized_tensor);
    ASSERT_EQ(x.size(), y.size());
    ASSERT_FALSE(x.empty());
    double signal = 0.0;
    double noise = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      signal += std::pow(static_cast<double>(x[i]), 2);
      noise += std::pow(static_cast<double>(x[i]) - static_cast<double>(y[i]), 2);
    }
    EXPECT_NEAR(layer.sqnr_db, 10.0 * std::log10(signal / noise), 1e-6) << layer.node;
    EXPECT_GT(layer.sqnr_db, 15.0) << layer.node;
  }
}

/// Non-zeros of the fullest group of four input channels of an int8 weight [M, C, kh, kw].
std::ptrdiff_t fullest_group(const onnx::TensorProto& weight) {
  const auto codes = *model::values<std::int8_t>(weight);
  const auto inner = static_cast<std::size_t>(weight.dims(2) * weight.dims(3));
  std::ptrdiff_t fullest = 0;
  for (std::size_t group = 0; group < codes.size() / (4 * inner); ++group) {
    for (std::size_t at = 0; at < inner; ++at) {
      std::ptrdiff_t count = 0;
      for (std::size_t i = 0; i < 4; ++i) count += codes[(group * 4 + i) * inner + at] != 0 ? 1 : 0;
      fullest = std::max(fullest, count);
    }
  }
  return fullest;
}

TEST_F(ResNet20, KeepsTwoOfFourZerosThroughFoldingAndQuantization) {
  ASSERT_TRUE(sparsify::prune(model_, {sparsify::Pattern::two_of_four, 0.5, {}}));
  const auto outcome = quantize(model_, calibration_, quick(Method::minmax), go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  int checked = 0;
  for (const auto& tensor : outcome->model.graph().initializer()) {
    if (tensor.data_type() != onnx::TensorProto::INT8 || tensor.dims_size() != 4 || tensor.dims(1) % 4 != 0)
      continue;
    EXPECT_LE(fullest_group(tensor), 2) << tensor.name();
    ++checked;
  }
  EXPECT_EQ(checked, 18);
  EXPECT_EQ(model::metadata(outcome->model).at("mtc.sparsity.pattern"), "2:4");
}

TEST_F(ResNet20, EndsWhenTheMonitorSaysSo) {
  const Monitor cancel = [](const std::string&, std::size_t, std::size_t,
                            const std::string&) -> Result<void> {
    return Error{Code::cancelled, "cancelled", {}, {}};
  };
  const auto outcome = quantize(model_, calibration_, quick(), cancel);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::cancelled);
}

TEST_F(ResNet20, NamesBothShapesWhenTheDataDoesNotFit) {
  const auto outcome = quantize(model_, test::random_samples(4, {3, 28, 28}), quick(), go_on);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::invalid_argument);
  EXPECT_THAT(outcome.error().message, HasSubstr("[?, 3, 32, 32]"));
  EXPECT_THAT(outcome.error().message, HasSubstr("[3, 28, 28]"));
}

GraphBuilder one_convolution() {
  GraphBuilder builder;
  builder.input("x", {2, 4, 4}).output("y", {2, 4, 4}).random("w", {2, 2, 1, 1});
  builder.node("Conv", {"x", "w"}, "y");
  return builder;
}

TEST(Quantize, RefusesDataWithoutSamples) {
  const auto outcome =
      quantize(one_convolution().model(), test::random_samples(0, {2, 4, 4}), quick(), go_on);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("0 samples"));
}

TEST(Quantize, NamesTheTensorThatHoldsNaN) {
  std::vector<float> values(32, 1.0F);
  values[5] = std::numeric_limits<float>::quiet_NaN();
  const auto outcome = quantize(one_convolution().model(),
                                test::from_values(values, {2, 4, 4}, test::kFloat32), quick(), go_on);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::invalid_argument);
  EXPECT_EQ(outcome.error().where, "tensor x");
}

/// y = x·w with `batch` fixed in the input.
onnx::ModelProto fixed_batch(std::int64_t batch) {
  GraphBuilder builder;
  builder.input("x", {4}).output("y", {3}).random("w", {4, 3});
  builder.node("MatMul", {"x", "w"}, "y");
  auto model = builder.model();
  auto& graph = *model.mutable_graph();
  for (auto* value : {graph.mutable_input(0), graph.mutable_output(0)}) {
    value->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_value(batch);
  }
  return model;
}

TEST(Quantize, MeasuresWholeBatchesWhereTheModelFixesOneThatIsLargerThanTheReport) {
  Options options;
  options.report_samples = 64;
  const auto outcome = quantize(fixed_batch(128), test::random_samples(256, {4}), options, go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->report.error_samples, 128U);
  EXPECT_GT(outcome->report.outputs[0].sqnr_db, 15.0);
  EXPECT_LT(outcome->report.outputs[0].sqnr_db, 100.0);
}

TEST(Quantize, ReportsTheSamplesThatWereMeasured) {
  Options options;
  for (const auto& [wanted, available, measured] :
       {std::array<std::size_t, 3>{50, 256, 64}, {50, 60, 32}, {32, 256, 32}, {1000, 100, 96}}) {
    options.report_samples = wanted;
    const auto outcome = quantize(fixed_batch(32), test::random_samples(available, {4}), options, go_on);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->report.error_samples, measured) << wanted << " of " << available;
  }
}

TEST(Quantize, LeavesOutputsThatAreNotFloatOutOfTheErrors) {
  auto builder = one_convolution();
  builder.node("ArgMax", {"y"}, "best");
  auto model = builder.model();
  auto& output = *model.mutable_graph()->add_output();
  output = model.graph().output(0);
  output.set_name("best");
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::INT64);
  output.mutable_type()->mutable_tensor_type()->clear_shape();
  const auto outcome = quantize(model, test::random_samples(8, {2, 4, 4}), quick(), go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->report.outputs.size(), 1U);
  EXPECT_EQ(outcome->report.outputs[0].tensor, "y");
}

TEST(Quantize, KeepsZeroWeightsZero) {
  auto builder = one_convolution();
  builder.constant("v", {2, 2, 1, 1}, {0.0F, 0.7F, -0.3F, 0.0F}).output("z", {2, 4, 4});
  builder.node("Conv", {"x", "v"}, "z");
  const auto outcome = quantize(builder.model(), test::random_samples(4, {2, 4, 4}), quick(), go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  for (const auto& tensor : outcome->model.graph().initializer()) {
    if (tensor.name() != "v_quantized") continue;
    EXPECT_EQ(*model::values<std::int8_t>(tensor), (std::vector<std::int8_t>{0, 127, -127, 0}));
    return;
  }
  FAIL() << "no int8 weight";
}

}  // namespace
}  // namespace mtc::quantize
