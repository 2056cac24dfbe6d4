// SPDX-License-Identifier: Apache-2.0
//
// Plans: what they estimate, and what a plan file holds a run to.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/run/estimate.hpp"
#include "core/run/plan_file.hpp"
#include "tests/unit/core/run/runner_fixture.hpp"

namespace mtc::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kChain = copy("a", 1) + copy("b", 2, "a.model");

class PlanTest : public RunnerTest {
 protected:
  pipeline::Plan plan_of(const std::string& stages) { return project_.plan(test::kModelAndData + stages); }

  std::vector<FiledStage> filed(const std::string& stages) {
    return filed_stages(plan_of(stages), inspect(stages));
  }

  /// A run of the project `age` seconds ago whose stage `a` took `seconds`, under a key of its own.
  void ran_before(int number, double seconds, const std::string& stage = "a",
                  const std::string& status = "ran") {
    const auto id = "20200101T000000-00000000" + std::to_string(number);
    const auto folder = store_.run_folder(id);
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "actions.jsonl")
        << Json{{"type", "run.started"},
                {"run_id", id},
                {"pipeline",
                 {{"path", (project_.folder().path() / "(command line)").string()}, {"digest", ""}}}}
               .dump()
        << "\n"
        << Json{{"type", "action.finished"}, {"stage", stage},   {"kind", "stage"},
                {"name", "convert.copy"},    {"status", status}, {"key", digest_of(id)},
                {"seconds", seconds}}
               .dump()
        << "\n";
  }
};

TEST_F(PlanTest, WithoutHistoryThereIsNoEstimate) {
  const auto planned = inspect(kChain);
  EXPECT_EQ(planned.at(0).estimate_seconds, std::nullopt);
  EXPECT_EQ(estimate_plan(plan_of(kChain), planned).without, 2U);
}

TEST_F(PlanTest, EstimatesTheMedianOfTheLastFive) {
  ran_before(0, 1000);  // The sixth newest does not count, nor does a failure.
  for (int i = 1; i <= 5; ++i) ran_before(i, 10 * i);
  ran_before(6, 5000, "a", "failed");
  EXPECT_EQ(inspect(copy("a", 1)).at(0).estimate_seconds, 30.0);
  EXPECT_EQ(inspect(copy("b", 1)).at(0).estimate_seconds, std::nullopt) << "another stage";
}

TEST_F(PlanTest, AVariantWithoutHistoryTakesThatOfItsStage) {
  ran_before(1, 7, "a[level=8]");
  EXPECT_EQ(inspect("[stage.a]\nuses = \"convert\"\nmatrix.with.level = [2, 3]\n").at(1).estimate_seconds,
            7.0);
}

TEST_F(PlanTest, TheSameActionCountsAlone) {
  const auto report = run(copy("a", 1));
  ran_before(1, 77);
  std::filesystem::remove_all(project_.folder() / "store/ac");
  const auto estimate = inspect(copy("a", 1)).at(0).estimate_seconds;
  EXPECT_EQ(estimate, report.stages[0].actions[0].seconds);
}

TEST_F(PlanTest, SumsTheWorkAndFollowsTheLongestChain) {
  const std::string stages = copy("a", 1) + copy("b", 2, "a.model") + copy("c", 3);
  const auto plan = plan_of(stages);
  auto planned = inspect(stages);
  planned[0].estimate_seconds = 1;
  planned[1].estimate_seconds = 2;
  planned[2].estimate_seconds = 2.5;
  const auto estimate = estimate_plan(plan, planned);
  EXPECT_EQ(estimate.work_seconds, 5.5);
  EXPECT_EQ(estimate.path_seconds, 3);
  EXPECT_EQ(estimate.without, 0U);
}

TEST_F(PlanTest, AHitTakesNoTime) {
  run(copy("a", 1));
  EXPECT_EQ(inspect(copy("a", 1)).at(0).estimate_seconds, 0.0);
}

TEST_F(PlanTest, AFileReadsBackAsItWasWritten) {
  const PlanFile plan{
      project_.folder() / "sub/p.toml", "fast", {"stage.a.with.level=3", "x='it''s'"}, filed(kChain)};
  const auto file = project_.folder() / "plan.toml";
  ASSERT_TRUE(write_plan_file(file, plan));
  EXPECT_THAT(test::read_file(file), HasSubstr("pipeline = 'sub/p.toml'"));
  const auto read = read_plan_file(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->pipeline, plan.pipeline);
  EXPECT_EQ(read->overrides, plan.overrides);
  EXPECT_EQ(read->profile, "fast");
  ASSERT_EQ(read->stages.size(), 2U);
  EXPECT_EQ(read->stages[1].actions[0].document, plan.stages[1].actions[0].document);
  EXPECT_EQ(read->stages[1].actions[0].key, "");
  EXPECT_THAT(moved(read->stages, filed(kChain)), IsEmpty());
}

TEST_F(PlanTest, AFileThatWasChangedByHandIsRefused) {
  const auto file = project_.folder() / "plan.toml";
  ASSERT_TRUE(write_plan_file(file, {project_.folder() / "p.toml", "", {}, filed(kChain)}));
  auto text = test::read_file(file);
  text.replace(text.find("param level 1"), 13, "param level 9");
  project_.folder().write("plan.toml", text);
  EXPECT_EQ(read_plan_file(file).error().code, Code::invalid_argument);
  project_.folder().write("plan.toml", "mtc = 1\n");
  EXPECT_THAT(read_plan_file(file).error().hint, HasSubstr("mtc plan"));
}

TEST_F(PlanTest, NamesWhatHasMoved) {
  const auto before = filed(kChain);
  EXPECT_THAT(moved(before, filed(copy("a", 3) + copy("b", 2, "a.model"))),
              ElementsAre("stage 'a': parameter level: 1 -> 3"));
  EXPECT_THAT(moved(before, filed(copy("a", 1))), ElementsAre("stage 'b' is gone"));
  EXPECT_THAT(moved(before, filed(kChain + copy("c", 2))), ElementsAre("stage 'c' is new"));
  EXPECT_THAT(moved(before, filed(kChain + "gate = \"loss <= 1\"\n")),
              ElementsAre("stage 'b': gates: [] -> ['loss <= 1']"));
  project_.folder().write("model.onnx", "another model");
  EXPECT_THAT(moved(before, filed(kChain)), ElementsAre(HasSubstr("stage 'a': input model: ")));
  project_.folder().write("model.onnx", test::kModelBytes);
  std::ofstream(project_.plugins() / "toy.so", std::ios::app) << "x";
  project_.rescan();
  EXPECT_THAT(moved(before, filed(kChain)), ElementsAre(HasSubstr("stage 'a': the file of plugin toy: "),
                                                        HasSubstr("stage 'b': the file of plugin toy: ")));
}

TEST_F(PlanTest, NamesARewiredInputThoughBothAreUnknown) {
  const std::string stages = copy("a", 1) + copy("c", 3);
  const auto before = filed(stages + copy("b", 2, "a.model"));
  EXPECT_THAT(moved(before, filed(stages + copy("b", 2, "c.model"))),
              ElementsAre("stage 'b': input model: ?a -> ?c"));
}

TEST_F(PlanTest, WhatWasUnknownAndIsKnownNowHasNotMoved) {
  const auto before = filed(kChain);
  run(copy("a", 1));
  EXPECT_THAT(moved(before, filed(kChain)), IsEmpty());
}

TEST_F(PlanTest, AKeyThatIsNotTheExpectedOneStopsItsStage) {
  run(copy("a", 1));
  const auto plan = plan_of(kChain);
  options_.expected_keys = expected_keys(plan, filed(kChain));
  ASSERT_EQ(options_.expected_keys.size(), 2U);
  EXPECT_THAT(statuses(run(kChain)), ElementsAre("hit", "ran"));
  options_.expected_keys[1] = digest_of("another");
  const auto report = run(kChain);
  EXPECT_EQ(report.exit_code, kUsage);
  EXPECT_THAT(statuses(report), ElementsAre("hit", "failed"));
}

}  // namespace
}  // namespace mtc::run
