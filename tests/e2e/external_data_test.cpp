// SPDX-License-Identifier: Apache-2.0
//
// Models whose weights lie in another file and whose batch is fixed to 1 go the same way as all others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/models.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

constexpr const char* kPipeline = R"(mtc = 1
[model]
path = "model.onnx"
[data.images]
format = "npy"
inputs = "images.npy"
[stage.float]
uses = "evaluate.agreement"
artifact = "model"
data = "images"
baseline = "model"
[stage.int8]
uses = "quantize.ptq"
data = "images"
target = "cpu.portable"
[stage.score]
uses = "evaluate.agreement"
artifact = "int8.model"
data = "images"
baseline = "model"
[stage.speed]
uses = "bench.latency"
artifact = "int8.model"
with = { warmup_seconds = 0.0, min_seconds = 0.0, min_runs = 3 }
)";

class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_plugin("quantize.so")) GTEST_SKIP() << "this build has no libtorch";
    box_.write("model.onnx", external_conv_model(8, "weights.bin"));
    box_.write("weights.bin", external_bytes({1, -1, 2, 0.5F, 0, -2, 1, 1, -0.25F}));
    box_.write_npy("images.npy", {6, 1, 8, 8});
  }
  Sandbox box_;
};

TEST_F(ExternalData, GoesThroughEvaluateQuantizeAndBench) {
  const auto outcome = box_.run(kPipeline);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto report = outcome.json();
  EXPECT_EQ(stage_of(report, "float")["metrics"]["max_abs_error"].get<double>(), 0);
  EXPECT_GT(stage_of(report, "score")["metrics"]["sqnr_db"].get<double>(), 20);
  EXPECT_EQ(stage_of(report, "speed")["metrics"]["runs"].get<double>(), 3);
}

TEST_F(ExternalData, IsPartOfTheKey) {
  ASSERT_EQ(box_.run(kPipeline).exit_code, 0);
  box_.write("weights.bin", external_bytes({2, -1, 2, 0.5F, 0, -2, 1, 1, -0.25F}));
  const auto statuses = statuses_of(box_.run(kPipeline).json());
  EXPECT_EQ(statuses.at("int8"), "ran");
  EXPECT_EQ(statuses.at("score"), "ran");
}

TEST_F(ExternalData, IsMissedWithTheNameOfTheTensor) {
  std::filesystem::remove(box_ / "weights.bin");
  const auto outcome = box_.run(kPipeline);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, testing::HasSubstr("conv1.weight"));
  EXPECT_THAT(outcome.err, testing::HasSubstr("weights.bin"));
}

}  // namespace
}  // namespace mtc::test
