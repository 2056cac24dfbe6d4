// SPDX-License-Identifier: Apache-2.0
//
// Add of two 8-bit tensors against exact arithmetic, for every pair of codes.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"

namespace mtc::cpu::test {
namespace {

struct Grid {
  float scale;
  int zero;
};

// Scales and zero points of the residual Add_44 of MobileNetV2, quantized on 32 pictures.
constexpr Grid kA{0.154754713F, 102}, kB{0.158002138F, 129}, kSum{0.171535358F, 116};
constexpr int kCodes = 256;

/// The sum of two codes in units of kSum, before rounding; doubles hold it to 1e-13.
double exact_sum(int a, int b) {
  const double real =
      (a - kA.zero) * static_cast<double>(kA.scale) + (b - kB.zero) * static_cast<double>(kB.scale);
  return real / static_cast<double>(kSum.scale) + kSum.zero;
}

/// Codes of x + y for all pairs (a, b), at a · 256 + b.
std::vector<int> add_all_pairs(bool avx2) {
  ModelBuilder builder;
  builder.input("x", {1, kCodes, kCodes});
  builder.input("y", {1, kCodes, kCodes});
  builder.output("z");
  builder.node("Add", {builder.quantize("x", kA.scale, kA.zero), builder.quantize("y", kB.scale, kB.zero)},
               "s");
  builder.node("Identity", {builder.quantize("s", kSum.scale, kSum.zero)}, "z");
  const mtc::test::TempDir dir;
  builder.save((dir / "model.onnx").string());
  const auto report =
      compile_model((dir / "model.onnx").string(), dir.path().string(), options(avx2), run_tool);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  std::vector<std::vector<float>> inputs(2);
  for (int a = 0; a < kCodes; ++a) {
    for (int b = 0; b < kCodes; ++b) {
      inputs[0].push_back(static_cast<float>(a - kA.zero) * kA.scale);
      inputs[1].push_back(static_cast<float>(b - kB.zero) * kB.scale);
    }
  }
  const auto run = run_artifact(dir.path().string(), inputs);
  EXPECT_TRUE(run) << (run ? "" : run.error().message);
  std::vector<int> codes;
  for (const float value : run->outputs.at(0)) {
    codes.push_back(static_cast<int>(std::lround(value / kSum.scale)) + kSum.zero);
  }
  return codes;
}

void expect_exact(const std::vector<int>& codes) {
  ASSERT_EQ(codes.size(), static_cast<std::size_t>(kCodes * kCodes));
  for (int a = 0; a < kCodes; ++a) {
    for (int b = 0; b < kCodes; ++b) {
      const int expected = std::clamp(static_cast<int>(std::nearbyint(exact_sum(a, b))), 0, 255);
      EXPECT_EQ(codes[static_cast<std::size_t>(a * kCodes + b)], expected) << "codes " << a << " and " << b;
    }
  }
}

TEST(AddRounding, EqualsTheExactSumForEveryPairOfCodes) {
  expect_exact(add_all_pairs(false));
  if (has_avx2()) expect_exact(add_all_pairs(true));
}

// ONNX Runtime 1.30.0 folds zero points and scales into one float constant and gives 74 here.
TEST(AddRounding, RoundsASumJustAboveTheMiddleUp) {
  EXPECT_GT(exact_sum(56, 129), 74.5);
  EXPECT_LT(exact_sum(56, 129), 74.50001);
  EXPECT_EQ(add_all_pairs(false)[56 * kCodes + 129], 75);
}

}  // namespace
}  // namespace mtc::cpu::test
