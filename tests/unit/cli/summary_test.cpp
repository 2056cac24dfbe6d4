// SPDX-License-Identifier: Apache-2.0
//
// The table at the end of a run, for reports that are made up.
#include "cli/mtc/summary.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPipeline = R"([stage.float_build]
uses = "compile"
target = "chip.a"
[stage.int8]
uses = "quantize"
data = "train"
target = "chip.a"
[stage.build]
uses = "compile"
model = "int8.model"
target = "chip.a"
[stage.float_score]
uses = "evaluate"
artifact = "float_build.artifact"
data = "train"
[stage.float_speed]
uses = "bench"
artifact = "float_build.artifact"
[stage.score]
uses = "evaluate"
artifact = "build.artifact"
data = "train"
baseline = "float_score.predictions"
[stage.speed]
uses = "bench"
artifact = "build.artifact"
)";

class SummaryTest : public testing::Test {
 protected:
  SummaryTest() : plan_(project_.plan(std::string(test::kModelAndData) + kPipeline)) {
    for (const auto& variant : plan_.variants) {
      run::StageReport stage;
      stage.name = variant.stage;
      stage.status = "ran";
      report_.stages.push_back(stage);
    }
    stage("float_build").outputs["artifact"].path = "/out/float";
    stage("build").outputs["artifact"].path = "/out/int8";
    stage("float_score").metrics = {{"top1", 0.9}};
    stage("float_speed").metrics = {{"latency_p50_ms", 2.0}, {"bytes", 1024.0}};
    stage("score").metrics = {{"top1", 0.8925},
                              {"top1_low", 0.88},
                              {"top1_high", 0.905},
                              {"top1_drop", 0.0075},
                              {"agreement", 0.975}};
    stage("speed").metrics = {{"latency_p50_ms", 0.5}};
  }
  run::StageReport& stage(const std::string& name) {
    for (auto& stage : report_.stages) {
      if (stage.name == name) return stage;
    }
    ADD_FAILURE() << name;
    return report_.stages.front();
  }
  /// The line that begins with `name`.
  [[nodiscard]] std::string line(const std::string& name) const {
    std::istringstream stream(summary_table(report_, plan_));
    for (std::string text; std::getline(stream, text);) {
      if (text.starts_with(name + " ")) return text;
    }
    return {};
  }
  test::Project project_;
  pipeline::Plan plan_;
  run::RunReport report_;
};

TEST_F(SummaryTest, HasOneRowForEachArtifact) {
  const std::string table = summary_table(report_, plan_);
  EXPECT_EQ(std::ranges::count(table, '\n'), 2) << table;
  EXPECT_THAT(line("build"), HasSubstr("chip.a"));
  EXPECT_THAT(line("build"), HasSubstr("89.25 [88.00, 90.50]"));
  EXPECT_THAT(line("build"), HasSubstr("97.50"));
  EXPECT_THAT(line("build"), HasSubstr("/out/int8"));
  EXPECT_THAT(line("float_build"), HasSubstr("90.00"));
  EXPECT_THAT(line("float_build"), HasSubstr("1.0 KiB"));
}

TEST_F(SummaryTest, ADropIsANegativeChange) { EXPECT_THAT(line("build"), HasSubstr("-0.75")); }

TEST_F(SummaryTest, ComparesWithTheFloatArtifactOfTheSameTarget) {
  EXPECT_THAT(line("build"), HasSubstr("4.00x faster"));
  EXPECT_THAT(line("float_build"), Not(HasSubstr("faster")));
}

TEST_F(SummaryTest, ExplainsASlowdown) {
  stage("speed").metrics["latency_p50_ms"] = 3.0;
  EXPECT_THAT(line("build"), HasSubstr("1.50x slower"));
  EXPECT_THAT(summary_table(report_, plan_),
              HasSubstr("build on chip.a is slower than float: 3.000 ms against 2.000 ms; no setting"));
}

TEST_F(SummaryTest, CallsSpeedsThatHardlyDifferTheSame) {
  for (const double ms : {1.95, 2.0, 2.02}) {
    stage("speed").metrics = {{"latency_p50_ms", ms}};
    EXPECT_THAT(line("build"), HasSubstr("the same"));
    EXPECT_THAT(summary_table(report_, plan_), Not(HasSubstr("is slower than float")));
  }
}

TEST_F(SummaryTest, ShowsTheSizeOfWhatWasNotMeasured) {
  stage("build").outputs["artifact"].bytes = 2048;
  EXPECT_THAT(line("build"), HasSubstr("2.0 KiB"));
}

TEST_F(SummaryTest, ExplainsASlowdownByWhatASettingWasMeasuredToCost) {
  stage("speed").metrics = {{"latency_p50_ms", 3.0}, {"compare_p50_ms", 1.6}, {"compare_cost", 1.875}};
  stage("speed").outputs["report"].path =
      project_.folder()
          .write(
              "report.json",
              R"({"compare": {"summary": "exact integers", "cpu_has": ["avx2"], "cpu_lacks": ["avx_vnni"]}})")
          .string();
  EXPECT_THAT(
      summary_table(report_, plan_),
      HasSubstr("exact integers cost 1.88x on this CPU (of the flags that matter it has: avx2; lacks: "
                "avx_vnni), and without them it would be 1.25x faster"));
  stage("speed").metrics["compare_p50_ms"] = 2.5;
  EXPECT_THAT(summary_table(report_, plan_), HasSubstr("and without them it would still be 1.25x slower"));
}

TEST_F(SummaryTest, MarksAReplayedMeasurement) {
  stage("speed").status = "record";
  EXPECT_THAT(line("build"), HasSubstr("0.500*"));
  EXPECT_THAT(summary_table(report_, plan_), HasSubstr("\n* a replayed measurement"));
}

TEST_F(SummaryTest, ColumnsLineUp) {
  std::istringstream stream(summary_table(report_, plan_));
  std::string head;
  std::getline(stream, head);
  const auto column = head.find("where");
  for (std::string text; std::getline(stream, text);) EXPECT_EQ(text.find("/out/"), column) << text;
}

TEST_F(SummaryTest, MarksTheParetoFrontOfRowsThatHaveAllMetrics) {
  EXPECT_THAT(summary_table(report_, plan_), Not(HasSubstr("pareto")));  // `speed` has no size yet.
  EXPECT_TRUE(pareto_json(report_, plan_).is_null());
  stage("speed").metrics["bytes"] = 512.0;
  EXPECT_THAT(line("build"), HasSubstr("yes"));  // Faster and smaller; the float one is more accurate.
  EXPECT_THAT(line("float_build"), HasSubstr("yes"));
  stage("score").metrics["top1"] = 0.9;
  EXPECT_THAT(line("build"), HasSubstr("yes"));
  EXPECT_THAT(line("float_build"), Not(HasSubstr("yes")));
  const Json pareto = pareto_json(report_, plan_);
  EXPECT_EQ(pareto["better"], Json({{"top1", "higher"}, {"latency_p50_ms", "lower"}, {"bytes", "lower"}}));
  ASSERT_EQ(pareto["rows"].size(), 2U);
  EXPECT_EQ(pareto["rows"][0]["what"], "float_build");
  EXPECT_EQ(pareto["rows"][0]["front"], false);
  EXPECT_EQ(pareto["rows"][1], Json({{"what", "build"},
                                     {"target", "chip.a"},
                                     {"top1", 0.9},
                                     {"latency_p50_ms", 0.5},
                                     {"bytes", 512.0},
                                     {"front", true}}));
}

TEST_F(SummaryTest, IsEmptyWhenNothingWasEvaluated) {
  for (auto& stage : report_.stages) stage.metrics.clear();
  EXPECT_EQ(summary_table(report_, plan_), "");
}

}  // namespace
}  // namespace mtc::cli
