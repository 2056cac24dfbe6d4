// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/evaluate/fixtures.hpp"

namespace mtc::evaluate {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Key;
using testing::Not;

Classification example(bool with_baseline) {
  const std::vector<float> values = {1, 0, 0, 1, 1, 0};
  const Scores scores{values, 3, 2};
  const std::optional<Scores> baseline = with_baseline ? std::optional(scores) : std::nullopt;
  return *classify(scores, std::vector<std::int64_t>{0, 1, 1}, baseline, 0.95);
}

TEST(Metrics, HaveAComparisonOnlyWithABaseline) {
  EXPECT_THAT(metrics_of(example(false)), Not(Contains(Key("top1_drop"))));
  const auto metrics = metrics_of(example(true));
  EXPECT_EQ(metrics.at("agreement"), 1);
  EXPECT_EQ(metrics.at("top1_drop"), 0);
  EXPECT_LE(metrics.at("top1_drop_low"), 0);
  EXPECT_GE(metrics.at("top1_drop_high"), 0);
}

TEST(Metrics, GiveFractions) {
  const auto metrics = metrics_of(example(false));
  EXPECT_DOUBLE_EQ(metrics.at("top1"), 2.0 / 3);
  EXPECT_EQ(metrics.at("samples"), 3);
  EXPECT_THAT(metrics, Not(Contains(Key("top5"))));
}

TEST(Report, GivesRecallPerClassAndConfusions) {
  const json report = json::parse(report_text(example(true), 0.95));
  EXPECT_EQ(report.at("schema"), "mtc.evaluate.classification/1");
  EXPECT_EQ(report.at("per_class").at(1).at("recall"), 0.5);
  EXPECT_EQ(report.at("confusions").at(0), (json{{"label", 1}, {"predicted", 0}, {"samples", 1}}));
  EXPECT_EQ(report.at("paired").at("both_right"), 2);
}

TEST(Report, GivesTheNumbersOfEveryOutput) {
  const auto predictions = make_predictions({2, 2}, {1, 2, 4, 3});
  const json report = json::parse(report_text(*compare_outputs(predictions, predictions)));
  EXPECT_EQ(report.at("schema"), "mtc.evaluate.agreement/1");
  EXPECT_EQ(report.at("outputs").at(0).at("name"), "out");
  EXPECT_EQ(report.at("metrics").at("agreement"), 1);
}

TEST(WriteReport, SaysWhereItCannotWrite) {
  const test::TempDir folder;
  const auto written = write_report((folder / "none/report.json").string(), "{}");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::resource_exhausted);
}

}  // namespace
}  // namespace mtc::evaluate
