// SPDX-License-Identifier: Apache-2.0
//
// Sigmoid, Tanh and Softmax by generated C against the same functions in double, and their bits under other
// compiler flags.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"

namespace mtc::cpu::test {
namespace {

constexpr double kUlp = 1.0 / (1 << 23);  // Relative, at most, of a normal float.

class ExponentialTest : public testing::Test {
 protected:
  /// The operator on `values`, compiled with `flags` beside those of cpu.portable.
  std::vector<float> run(const std::string& op, const std::vector<float>& values,
                         const std::string& flag = "-O2") {
    ModelBuilder builder;
    builder.input("x", {1, static_cast<std::int64_t>(values.size() / 2), 2});
    builder.output("y");
    builder.node(op, {"x"}, "y");
    const mtc::test::TempDir dir;
    builder.save((dir / "model.onnx").string());
    auto how = options(false);
    how.flags.push_back(flag);
    const auto report = compile_model((dir / "model.onnx").string(), dir.path().string(), how, run_tool);
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    const auto inference = run_artifact(dir.path().string(), {values});
    EXPECT_TRUE(inference) << (inference ? "" : inference.error().message);
    return inference ? inference->outputs.at(0) : std::vector<float>(values.size());
  }
};

std::vector<float> ramp(double from, double to, std::size_t count) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(
        static_cast<float>(from + (to - from) * static_cast<double>(i) / static_cast<double>(count)));
  }
  return values;
}

TEST_F(ExponentialTest, SigmoidIsWithinThreeUlp) {
  const auto x = ramp(-87, 30, 40'000);
  const auto y = run("Sigmoid", x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = 1 / (1 + std::exp(-static_cast<double>(x[i])));
    ASSERT_NEAR(static_cast<double>(y[i]), expected, 3 * kUlp * expected) << x[i];
  }
}

TEST_F(ExponentialTest, TanhIsWithinTwoUlp) {
  auto x = ramp(-12, 12, 40'000);
  for (float tiny = 1; tiny > 1e-35F; tiny /= 3) x.insert(x.end(), {tiny, -tiny});
  const auto y = run("Tanh", x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = std::tanh(static_cast<double>(x[i]));
    ASSERT_NEAR(static_cast<double>(y[i]), expected, 2 * kUlp * std::fabs(expected)) << x[i];
  }
}

TEST_F(ExponentialTest, SoftmaxOfTwoIsTheSigmoidOfTheirDifference) {
  std::vector<float> x;
  for (const float difference : ramp(-100, 100, 20'000)) x.insert(x.end(), {difference, 0.0F});
  const auto y = run("Softmax", x);
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const double expected = 1 / (1 + std::exp(-static_cast<double>(x[i])));
    const double smallest = static_cast<double>(std::numeric_limits<float>::denorm_min());
    ASSERT_NEAR(static_cast<double>(y[i]), expected, 3 * kUlp * expected + smallest) << x[i];
  }
}

TEST_F(ExponentialTest, LimitsAreReachedAndNotANumberStaysOne) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {kInfinity, -kInfinity, 1e30F, -1e30F, std::nanf(""), -std::nanf("")};
  for (const auto& [op, low] : {std::pair{"Sigmoid", 0.0F}, std::pair{"Tanh", -1.0F}}) {
    const auto y = run(op, x);
    EXPECT_EQ(y[0], 1.0F) << op;
    EXPECT_EQ(y[1], low) << op;
    EXPECT_EQ(y[2], 1.0F) << op;
    EXPECT_EQ(y[3], low) << op;
    EXPECT_TRUE(std::isnan(y[4])) << op;
    EXPECT_TRUE(std::isnan(y[5])) << op;
  }
}

TEST_F(ExponentialTest, GivesTheSameBitsUnderOtherFlags) {
  std::vector<std::string> others = {"-O0"};
  if (has_avx2()) others.emplace_back("-march=x86-64-v3");
  const auto x = ramp(-105, 105, 10'000);
  for (const char* op : {"Sigmoid", "Tanh", "Softmax"}) {
    const auto expected = run(op, x);
    for (const auto& flag : others) EXPECT_EQ(run(op, x, flag), expected) << op << ' ' << flag;
  }
}

}  // namespace
}  // namespace mtc::cpu::test
