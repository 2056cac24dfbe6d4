// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/agreement.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/evaluate/fixtures.hpp"

namespace mtc::evaluate {
namespace {

using testing::HasSubstr;

TEST(CompareOutputs, CallsEqualOutputsIdentical) {
  const auto predictions = make_predictions({2, 2}, {1, 2, 4, 3});
  const auto result = compare_outputs(predictions, predictions);
  ASSERT_TRUE(result);
  const auto summary = result->summary();
  EXPECT_EQ(summary.agreement, 1);
  EXPECT_EQ(summary.sqnr_db, kIdenticalDb);
  EXPECT_NEAR(summary.cosine, 1, 1e-15);
  EXPECT_EQ(summary.max_abs_error, 0);
}

// Σ b² = 3² + 4² = 25, Σ (a−b)² = 0.5² = 0.25: 10·log10(100) = 20 dB. Σ ab = 10.5 + 16 = 26.5, Σ a² = 28.25.
TEST(CompareOutputs, GivesTheNumbersOfAWorkedExample) {
  const auto result = compare_outputs(make_predictions({1, 2}, {3.5F, 4}), make_predictions({1, 2}, {3, 4}));
  ASSERT_TRUE(result);
  const auto summary = result->summary();
  EXPECT_NEAR(summary.sqnr_db, 20, 1e-12);
  EXPECT_NEAR(summary.cosine, 26.5 / std::sqrt(28.25 * 25), 1e-12);
  EXPECT_DOUBLE_EQ(summary.max_abs_error, 0.5);
}

TEST(CompareOutputs, CountsSamplesWithTheSameLargestValue) {
  const auto result = compare_outputs(make_predictions({4, 2}, {1, 0, 0, 1, 1, 0, 0, 1}),
                                      make_predictions({4, 2}, {1, 0, 0, 1, 1, 0, 1, 0}));
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(result->summary().agreement, 0.75);
}

TEST(CompareOutputs, SummarizesTheWorstOutput) {
  auto mine = make_predictions({1, 2}, {1, 2});
  auto baseline = make_predictions({1, 2}, {1, 2});
  mine.outputs.push_back(make_output("boxes", {1, 1}, {3}));
  baseline.outputs.push_back(make_output("boxes", {1, 1}, {2}));
  const auto result = compare_outputs(mine, baseline);
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->summary().sqnr_db, 10 * std::log10(4.0), 1e-12);
  EXPECT_EQ(result->summary().max_abs_error, 1);
  EXPECT_EQ(result->outputs.at(0).sqnr_db, kIdenticalDb);
}

TEST(CompareOutputs, RefusesAValueThatIsNotFinite) {
  const auto good = make_predictions({2, 2}, {1, 2, 3, 4});
  const auto bad = make_predictions({2, 2}, {1, 2, std::numeric_limits<float>::infinity(), 4});
  const auto result = compare_outputs(good, bad);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::failed_precondition);
  EXPECT_EQ(result.error().where, "baseline");
  EXPECT_THAT(result.error().message, HasSubstr("sample 1"));
}

}  // namespace
}  // namespace mtc::evaluate
