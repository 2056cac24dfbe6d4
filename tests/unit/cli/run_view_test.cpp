// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/progress/run_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/mtc/progress/text_width.hpp"

namespace mtc::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Json started(const std::string& stage) {
  return {{"type", "worker.started"}, {"stage", stage}, {"kind", "stage"}};
}

Json progressed(const std::string& stage, int done, int total) {
  return {{"type", "action.progress"}, {"stage", stage}, {"phase", "epoch"}, {"done", done}, {"total", total},
          {"unit", "epochs"}};
}

Json finished(const std::string& stage) {
  return {{"type", "stage.finished"},
          {"variant", stage},
          {"status", "ran"},
          {"seconds", 2.0},
          {"metrics", Json::object()}};
}

std::vector<std::string> texts(const std::vector<Line>& lines) {
  std::vector<std::string> found;
  for (const auto& line : lines) found.push_back(line.text);
  return found;
}

TEST(RunViewTest, TellsEachChangeOfStateOnce) {
  RunView view;
  EXPECT_THAT(texts(view.take({{"type", "run.started"}, {"stages", 2}}, 0)), IsEmpty());
  EXPECT_THAT(texts(view.take(started("dense"), 1)), ElementsAre("started     dense"));
  EXPECT_THAT(texts(view.take(started("dense"), 2)), IsEmpty());  // Its second worker.
  EXPECT_THAT(texts(view.take(progressed("dense", 1, 10), 3)), IsEmpty());
  EXPECT_THAT(texts(view.take(finished("dense"), 4)), ElementsAre("ran         dense (2.0 s)"));
  EXPECT_TRUE(view.idle());
}

TEST(RunViewTest, ShowsALineARunningStageAndOneForTheRun) {
  RunView view;
  view.take({{"type", "run.started"}, {"stages", 7}}, 0);
  view.take(started("dense"), 0);
  view.take(started("build[target=cpu]"), 60);
  view.take(progressed("dense", 3, 10), 60);
  view.take(finished("images"), 61);
  EXPECT_THAT(
      view.block(65, 80, 24),
      ElementsAre(HasSubstr("dense  epoch 3/10 epochs (30%)  1 min 05 s, 2 min 15 s left"),
                  HasSubstr("build[target=cpu]  stage  5 s"), "[1 of 7 stages done, 2 running]  1 min 05 s"));
}

TEST(RunViewTest, ExpectsTheRestOfAPhaseAtTheRateOfItsBeginning) {
  RunView view;
  view.take(started("dense"), 0);
  EXPECT_THAT(view.block(5, 80, 24), ElementsAre(Not(HasSubstr("left"))));
  view.take(progressed("dense", 2, 10), 20);  // 10 s each, so 80 s are left.
  EXPECT_THAT(view.block(20, 80, 24), ElementsAre(HasSubstr("20 s, 1 min 20 s left")));
  EXPECT_THAT(view.block(50, 80, 24), ElementsAre(HasSubstr("50 s, 50 s left")));
  EXPECT_THAT(view.block(500, 80, 24), ElementsAre(HasSubstr(", 0 s left")));
  view.take(progressed("dense", 10, 10), 500);
  EXPECT_THAT(view.block(500, 80, 24), ElementsAre(Not(HasSubstr("left"))));
}

TEST(RunViewTest, FitsIntoAnyTerminal) {
  RunView view;
  view.take({{"type", "run.started"}, {"stages", 9}}, 0);
  for (const char* name :
       {"a_very_long_stage_name[target=cpu.x86-64-v3,seed=17]", "größer", "短い名前の段階", "b", "c"}) {
    view.take(started(name), 0);
    view.take(progressed(name, 123, 100000), 30);
  }
  for (std::size_t columns = 1; columns <= 200; ++columns) {
    for (const std::size_t rows : {1U, 2U, 3U, 24U}) {
      const auto block = view.block(100, columns, rows);
      EXPECT_LE(block.size(), rows);
      for (const auto& line : block) EXPECT_LE(text_width(line), columns) << line;
    }
  }
  EXPECT_THAT(view.block(100, 200, 24), SizeIs(6));
}

TEST(RunViewTest, SaysInAHeartbeatWhatStillRuns) {
  RunView view;
  EXPECT_EQ(view.heartbeat(0), "");
  view.take(started("dense"), 0);
  view.take(progressed("dense", 3, 10), 90);
  view.take(started("build"), 115);
  EXPECT_EQ(view.heartbeat(120),
            "still running: dense, 2 min 00 s, 3 min 00 s left, epoch 3/10 epochs (30%); build, 5 s, stage");
}

TEST(RunViewTest, MarksWarningsAsWhatIsShownWithoutProgressToo) {
  RunView view;
  const auto lines = view.take(
      {{"type", "action.log"}, {"level", "warning"}, {"stage", "score"}, {"text", "few samples"}}, 0);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_TRUE(lines[0].warning);
  EXPECT_EQ(lines[0].text, "  warning: score: few samples");
}

TEST(TextWidthTest, CountsColumnsAndCutsBetweenCharacters) {
  EXPECT_EQ(text_width("größer"), 6U);
  EXPECT_EQ(text_width("短い"), 4U);
  EXPECT_EQ(fit_text("größer", 6), "größer");
  EXPECT_EQ(fit_text("größer", 4), "grö…");
  EXPECT_EQ(fit_text("短い名", 4), "短…");
  EXPECT_EQ(fit_text("abc", 0), "");
}

}  // namespace
}  // namespace mtc::cli
