// SPDX-License-Identifier: Apache-2.0
//
// The rules of the matrix, seen in the variants of a plan.
#include "core/pipeline/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MatrixTest : public testing::Test {
 protected:
  [[nodiscard]] Plan plan(const std::string& stages) const {
    return project_.plan(test::kModelAndData + stages);
  }
  [[nodiscard]] Error error(const std::string& stages) const {
    return project_.error(test::kModelAndData + stages);
  }
  /// Names of the variants of one stage.
  [[nodiscard]] std::vector<std::string> names(const std::string& stages, const std::string& stage) const {
    std::vector<std::string> found;
    for (const auto& variant : plan(stages).variants) {
      if (variant.stage == stage) found.push_back(variant.name());
    }
    return found;
  }
  test::Project project_;
};

constexpr const char* kTwoLevels = "[stage.a]\nuses = \"convert.copy\"\nmatrix.with.level = [2, 3]\n";

TEST_F(MatrixTest, WithoutAxesAStageHasOneVariant) {
  EXPECT_THAT(names("[stage.a]\nuses = \"convert.copy\"\n", "a"), ElementsAre("a"));
}

TEST_F(MatrixTest, OwnAxesMultiplyTheLastRunningFastest) {
  EXPECT_THAT(names("[stage.a]\nuses = \"convert.copy\"\nmatrix.with.ratio = [0.5, 1.5]\n"
                    "matrix.with.level = [2, 3]\n",
                    "a"),
              ElementsAre("a[ratio=0.5,level=2]", "a[ratio=0.5,level=3]", "a[ratio=1.5,level=2]",
                          "a[ratio=1.5,level=3]"));
}

TEST_F(MatrixTest, AValueOfTheMatrixBecomesTheParameter) {
  const auto made = plan("[stage.a]\nuses = \"convert.copy\"\nmatrix.with.level = [2, 3]\n");
  ASSERT_EQ(made.actions.size(), 2U);
  EXPECT_EQ(made.actions[0].params["level"], 2);
  EXPECT_EQ(made.actions[1].params["level"], 3);
}

TEST_F(MatrixTest, AStageInheritsTheAxesOfItsInputs) {
  const std::string text =
      std::string(kTwoLevels) + "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a.model\"\n";
  EXPECT_THAT(names(text, "b"), ElementsAre("b[level=2]", "b[level=3]"));
  const auto made = plan(text);
  EXPECT_EQ(made.actions[2].inputs[0].source.action, 0U);
  EXPECT_EQ(made.actions[3].inputs[0].source.action, 1U);
}

TEST_F(MatrixTest, InheritedAxesComeFirstAndTheLastRunsFastest) {
  EXPECT_THAT(names(std::string(kTwoLevels) +
                        "[stage.b]\nuses = \"compile\"\nmodel = \"a.model\"\nmatrix.target = [\"chip.a\", "
                        "\"chip.b\"]\n",
                    "b"),
              ElementsAre("b[level=2,target=chip.a]", "b[level=2,target=chip.b]", "b[level=3,target=chip.a]",
                          "b[level=3,target=chip.b]"));
}

TEST_F(MatrixTest, InputsFromOneOriginAreJoinedNotCrossed) {
  const auto made = plan(std::string(kTwoLevels) +
                         "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a.model\"\n"
                         "[stage.c]\nuses = \"convert.pair\"\nfirst = \"a.model\"\nsecond = \"b.model\"\n");
  ASSERT_EQ(made.variants.size(), 6U);
  EXPECT_EQ(made.variants[4].name(), "c[level=2]");
  EXPECT_EQ(made.variants[5].name(), "c[level=3]");
  EXPECT_EQ(made.actions[5].inputs[0].source.action, 1U);
  EXPECT_EQ(made.actions[5].inputs[1].source.action, 3U);
}

TEST_F(MatrixTest, AxesOfDifferentOriginsMultiply) {
  EXPECT_THAT(names(std::string(kTwoLevels) +
                        "[stage.b]\nuses = \"convert.copy\"\nmatrix.with.ratio = [0.25, 0.75]\n"
                        "[stage.c]\nuses = \"convert.pair\"\nfirst = \"a.model\"\nsecond = \"b.model\"\n",
                    "c"),
              ElementsAre("c[level=2,ratio=0.25]", "c[level=2,ratio=0.75]", "c[level=3,ratio=0.25]",
                          "c[level=3,ratio=0.75]"));
}

TEST_F(MatrixTest, OneAxisNameFromTwoStagesIsAnError) {
  const auto wrong = error(std::string(kTwoLevels) +
                           "[stage.b]\nuses = \"convert.copy\"\nmatrix.with.level = [4, 5]\n"
                           "[stage.c]\nuses = \"convert.pair\"\nfirst = \"a.model\"\nsecond = \"b.model\"\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_EQ(wrong.message, "axis 'level' comes from two stages, 'a' and 'b'");
  EXPECT_EQ(wrong.where, "p.toml:18:1");
  EXPECT_THAT(wrong.hint, HasSubstr("[axis=value]"));
}

TEST_F(MatrixTest, AnOwnAxisThatIsInheritedTooIsAnError) {
  const auto wrong =
      error(std::string(kTwoLevels) +
            "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a.model\"\nmatrix.with.level = [4]\n");
  EXPECT_EQ(wrong.message, "axis 'level' comes from stage 'a' and from this stage's own matrix");
}

TEST_F(MatrixTest, ASelectorFixesAnAxisThatIsThenNotInherited) {
  const std::string text = std::string(kTwoLevels) +
                           "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a[level=3].model\"\n"
                           "matrix.with.level = [8, 9]\n";
  EXPECT_THAT(names(text, "b"), ElementsAre("b[level=8]", "b[level=9]"));
  EXPECT_EQ(plan(text).actions[2].inputs[0].source.action, 1U);
}

TEST_F(MatrixTest, ASelectorThatMatchesNothingListsTheVariants) {
  const auto wrong =
      error(std::string(kTwoLevels) + "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a[level=4].model\"\n");
  EXPECT_EQ(wrong.message, "no variant of stage 'a' matches the brackets");
  EXPECT_EQ(wrong.hint, "there are: a[level=2], a[level=3]");
}

TEST_F(MatrixTest, AStarTakesAllVariantsAsOneListAndInheritsNothing) {
  const auto made =
      plan(std::string(kTwoLevels) + "[stage.all]\nuses = \"report.all\"\nreports = [\"a[*].report\"]\n");
  ASSERT_EQ(made.variants.size(), 3U);
  EXPECT_EQ(made.variants[2].name(), "all");
  ASSERT_EQ(made.actions[2].inputs.size(), 2U);
  EXPECT_EQ(made.actions[2].inputs[0].source.action, 0U);
  EXPECT_EQ(made.actions[2].inputs[1].source.action, 1U);
}

TEST_F(MatrixTest, AStarForAnInputOfOneValueIsAnError) {
  const auto wrong =
      error(std::string(kTwoLevels) + "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a[*].model\"\n");
  EXPECT_EQ(wrong.message, "input 'model' of convert.copy takes one value, not 2");
}

TEST_F(MatrixTest, VariantsThatExcludeEachOtherLeaveNothing) {
  const auto wrong =
      error(std::string(kTwoLevels) +
            "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a.model\"\nmatrix.with.ratio = [1]\n"
            "[stage.c]\nuses = \"convert.pair\"\nfirst = \"b[ratio=1.0].model\"\nsecond = "
            "\"a.model\"\n");
  EXPECT_THAT(wrong.message, HasSubstr("no variant of stage 'b' matches"));  // The value is the text 1.
}

TEST_F(MatrixTest, AnExcludeLeavesOutWhatHasAllOfItsValues) {
  EXPECT_THAT(
      names("[stage.a]\nuses = \"convert.copy\"\nmatrix.with.ratio = [0.5, 1.5]\n"
            "matrix.with.level = [2, 3]\n"
            "matrix.exclude = [{ \"with.ratio\" = 0.5, with.level = 3 }, { ratio = 1.5, level = 2 }]\n",
            "a"),
      ElementsAre("a[ratio=0.5,level=2]", "a[ratio=1.5,level=3]"));
}

TEST_F(MatrixTest, AnExcludeMayNameInheritedAxes) {
  const std::string text =
      "[stage.a]\nuses = \"compile\"\nmodel = \"c.model\"\nmatrix.target = [\"chip.a\", \"chip.b\"]\n"
      "matrix.exclude = [{ target = \"chip.a\", level = 3 }]\n"
      "[stage.c]\nuses = \"convert.copy\"\nmatrix.with.level = [2, 3]\n";
  EXPECT_THAT(names(text, "a"), ElementsAre("a[level=2,target=chip.a]", "a[level=2,target=chip.b]",
                                            "a[level=3,target=chip.b]"));
}

TEST_F(MatrixTest, WhatReadsAStageFollowsItsExcludes) {
  const auto made = plan(
      "[stage.a]\nuses = \"convert.copy\"\nmatrix.with.ratio = [0.5, 1.5]\nmatrix.with.level = [2, 3]\n"
      "matrix.exclude = [{ ratio = 0.5, level = 2 }]\n"
      "[stage.b]\nuses = \"convert.copy\"\nmodel = \"a.model\"\n"
      "[stage.c]\nuses = \"convert.pair\"\nfirst = \"a.model\"\nsecond = \"b.model\"\n");
  EXPECT_THAT(test::variant_names(made),
              ElementsAre("a[ratio=0.5,level=3]", "a[ratio=1.5,level=2]", "a[ratio=1.5,level=3]",
                          "b[ratio=0.5,level=3]", "b[ratio=1.5,level=2]", "b[ratio=1.5,level=3]",
                          "c[ratio=0.5,level=3]", "c[ratio=1.5,level=2]", "c[ratio=1.5,level=3]"));
}

TEST_F(MatrixTest, AnExcludeOfAnUnknownAxisSuggestsOne) {
  const auto wrong = error(std::string(kTwoLevels) + "matrix.exclude = [{ levl = 2 }]\n");
  EXPECT_EQ(wrong.message, "stage 'a' has no axis 'levl' to exclude values of");
  EXPECT_THAT(wrong.hint, HasSubstr("did you mean 'level'?"));
  EXPECT_EQ(wrong.where, "p.toml:12:21");
}

TEST_F(MatrixTest, AnExcludeOfAnUnknownValueListsThem) {
  const auto wrong = error(
      "[stage.a]\nuses = \"compile\"\nmatrix.target = [\"chip.a\", \"chip.b\"]\n"
      "matrix.exclude = [{ target = \"chip.c\" }]\n");
  EXPECT_EQ(wrong.message, "axis 'target' of stage 'a' has no value 'chip.c'");
  EXPECT_THAT(wrong.hint, HasSubstr("chip.a, chip.b"));
}

TEST_F(MatrixTest, NumbersAreExcludedByValue) {
  EXPECT_THAT(names(std::string(kTwoLevels) + "matrix.exclude = [{ level = 2.0 }]\n", "a"),
              ElementsAre("a[level=3]"));
}

TEST_F(MatrixTest, ExcludingEverythingIsAnError) {
  const auto wrong = error(std::string(kTwoLevels) + "matrix.exclude = [{ level = 2 }, { level = 3 }]\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_EQ(wrong.message, "matrix.exclude leaves no variant of stage 'a'");
  EXPECT_EQ(wrong.where, "p.toml:12:34");
}

}  // namespace
}  // namespace mtc::pipeline
