// SPDX-License-Identifier: Apache-2.0
//
// Which losses of quantized models are said without being asked for.
#include "cli/mtc/quality.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kScores = R"([stage.int8]
uses = "quantize"
data = "train"
target = "chip.a"
[stage.float_score]
uses = "evaluate"
artifact = "model"
data = "train"
[stage.int8_score]
uses = "evaluate"
artifact = "int8.model"
data = "train"
baseline = "float_score.predictions"
)";

class QualityTest : public testing::Test {
 protected:
  QualityTest() : plan_(project_.plan(std::string(test::kModelAndData) + kScores)) {
    for (const auto& variant : plan_.variants) {
      run::StageReport stage;
      stage.name = variant.stage;
      report_.stages.push_back(stage);
    }
  }
  /// The warnings where the stages `name` reported `metrics`.
  std::vector<std::string> warnings(const std::string& name, const std::map<std::string, double>& metrics) {
    for (auto& stage : report_.stages) stage.metrics.clear();
    for (auto& stage : report_.stages) {
      if (stage.name == name) stage.metrics = metrics;
    }
    return quality_warnings(report_, plan_);
  }
  test::Project project_;
  pipeline::Plan plan_;
  run::RunReport report_;
};

TEST_F(QualityTest, WarnsOfADropThatTheIntervalConfirms) {
  EXPECT_THAT(
      warnings("int8_score", {{"top1_drop", 0.12}, {"top1_drop_low", 0.1}, {"top1_drop_high", 0.14}}),
      ElementsAre(HasSubstr("loses 12.0 points of top-1 (95 %: 10.0 to 14.0)\n  at stage 'int8_score'")));
}

TEST_F(QualityTest, SaysNothingOfADropThatMayBeChanceOrIsSmall) {
  EXPECT_THAT(warnings("int8_score", {{"top1_drop", 0.12}, {"top1_drop_low", -0.1}, {"top1_drop_high", 0.3}}),
              IsEmpty());
  EXPECT_THAT(
      warnings("int8_score", {{"top1_drop", 0.004}, {"top1_drop_low", 0.001}, {"top1_drop_high", 0.01}}),
      IsEmpty());
}

TEST_F(QualityTest, WarnsOfOutputsThatDrownInTheirError) {
  EXPECT_THAT(warnings("int8_score", {{"sqnr_db", 3.0}}), ElementsAre(HasSubstr("3.0 dB")));
  EXPECT_THAT(warnings("int8_score", {{"sqnr_db", 30.0}}), IsEmpty());
}

TEST_F(QualityTest, JudgesQuantizedModelsAlone) {
  EXPECT_THAT(
      warnings("float_score", {{"top1_drop", 0.12}, {"top1_drop_low", 0.1}, {"top1_drop_high", 0.14}}),
      IsEmpty());
}

TEST_F(QualityTest, LeavesAGatedStageToItsGates) {
  for (auto& stage : report_.stages) stage.gates.push_back({"top1_drop <= 0.5", 0.12, 0.5, true});
  EXPECT_THAT(warnings("int8_score", {{"top1_drop", 0.12}, {"top1_drop_low", 0.1}, {"top1_drop_high", 0.14}}),
              IsEmpty());
}

}  // namespace
}  // namespace mtc::cli
