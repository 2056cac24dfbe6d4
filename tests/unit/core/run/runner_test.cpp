// SPDX-License-Identifier: Apache-2.0
//
// A plan, the store and a worker together: what runs, what hits, what is held back, and what is laid out.
#include "core/run/runner.hpp"

#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/store/action_lock.hpp"
#include "tests/unit/core/run/runner_fixture.hpp"

namespace mtc::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(RunnerTest, RunsOnceAndHitsThenWithoutAWorker) {
  const auto first = run(copy("a", 1) + copy("b", 2, "a.model"));
  EXPECT_EQ(first.exit_code, kOk);
  EXPECT_THAT(statuses(first), ElementsAre("ran", "ran"));
  options_.worker = "/nonexistent";
  const auto second = run(copy("a", 1) + copy("b", 2, "a.model"));
  EXPECT_THAT(statuses(second), ElementsAre("hit", "hit"));
  EXPECT_EQ(second.stages[1].metrics, first.stages[1].metrics);
}

TEST_F(RunnerTest, RefusesAFolderForOutputsBeforeAnythingRuns) {
  project_.folder().write("mtc-out/b", "a file");
  const auto plan = project_.plan(test::kModelAndData + copy("a", 1) + copy("b", 2, "a.model"));
  Events events;
  const auto report = run_plan(plan, store_, events, options_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::invalid_argument);
  EXPECT_THAT(report.error().message, HasSubstr("mtc-out/b' is a file"));
  EXPECT_THAT(report.error().hint, HasSubstr("--out"));
  EXPECT_FALSE(*store_.newest_run());
}

TEST_F(RunnerTest, LaysOutValuesApartThatDifferInOddCharacters) {
  const auto report = run("[stage.a]\nuses = \"data.draw\"\nmatrix.with.word = [\"x/y\", \"x:y\"]\n");
  ASSERT_EQ(report.stages.size(), 2U);
  EXPECT_NE(report.stages[0].outputs.at("tensors").path, report.stages[1].outputs.at("tensors").path);
}

TEST_F(RunnerTest, LaysOutputsOutByStageAndAxes) {
  const auto report = run("[stage.a]\nuses = \"convert\"\nmatrix.with.level = [2, 3]\n");
  EXPECT_EQ(test::read_file(project_.folder() / "mtc-out/a/level=3/model.onnx"), "level 3\n");
  EXPECT_EQ(report.stages.at(1).outputs.at("model").path,
            (project_.folder() / "mtc-out/a/level=3/model.onnx").string());
  EXPECT_EQ(report.stages.at(1).outputs.at("model").digest, digest_of("level 3\n"));
}

TEST_F(RunnerTest, ByteIdenticalOutputsLetDependentsHit) {
  run(copy("a", 1) + copy("b", 2, "a.model"));
  const std::string other = "[stage.a]\nuses = \"convert\"\nwith = { level = 1, ratio = 0.75 }\n";
  EXPECT_THAT(statuses(run(other + copy("b", 2, "a.model"))), ElementsAre("ran", "hit"));
}

TEST_F(RunnerTest, AChangedPluginRunsAgain) {
  run(copy("a", 1));
  std::ofstream(project_.plugins() / "toy.so", std::ios::app) << "x";
  project_.rescan();
  EXPECT_THAT(statuses(run(copy("a", 1))), ElementsAre("ran"));
}

TEST_F(RunnerTest, AFailureNamesItsStageAndSkipsTheRest) {
  const auto report = run(copy("a", 7) + copy("b", 1));
  EXPECT_EQ(report.exit_code, kStageFailed);
  EXPECT_EQ(report.status(), "failed");
  EXPECT_THAT(statuses(report), ElementsAre("failed", "skipped"));
  EXPECT_EQ(report.stages[0].error->message, "bad level");
  EXPECT_EQ(report.stages[0].error->where, "stage 'a'");
  EXPECT_THAT(statuses(run(copy("a", 7))), ElementsAre("failed")) << "failures are not kept";
}

TEST_F(RunnerTest, AResourceThatIsUsedUpHasItsOwnExitCode) {
  EXPECT_EQ(run(copy("a", 0)).exit_code, kUnavailable);
}

TEST_F(RunnerTest, ACrashHasItsOwnExitCode) { EXPECT_EQ(run(copy("a", 9)).exit_code, kPluginCrashed); }

TEST_F(RunnerTest, KeepsGoingWhenAskedAndExitsWithTheWorst) {
  options_.keep_going = true;
  const auto report = run(copy("a", 7) + copy("b", 1, "a.model") + copy("c", 9) + copy("d", 2));
  EXPECT_THAT(statuses(report), ElementsAre("failed", "skipped", "failed", "ran"));
  EXPECT_EQ(report.exit_code, kPluginCrashed);
}

TEST_F(RunnerTest, StagesSideBySideMakeTheSameAsOneByOne) {
  std::string stages;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = "s" + std::to_string(i);
    stages += copy(name, i) + copy(name + "b", 3 + i, name + ".model");
  }
  const auto one_by_one = run(stages);
  store_ = *store::Store::open(project_.folder() / "store2");
  options_.jobs = 4;
  const auto side_by_side = run(stages);
  ASSERT_EQ(side_by_side.exit_code, kOk);
  for (std::size_t i = 0; i < one_by_one.stages.size(); ++i) {
    EXPECT_EQ(one_by_one.stages[i].name, side_by_side.stages[i].name);
    EXPECT_EQ(one_by_one.stages[i].actions.back().key, side_by_side.stages[i].actions.back().key);
    EXPECT_EQ(one_by_one.stages[i].outputs.at("model").digest,
              side_by_side.stages[i].outputs.at("model").digest);
  }
}

TEST_F(RunnerTest, TwoStagesOfTheSameActionRunItOnce) {
  options_.jobs = 2;
  const auto report = run(copy("a", 1) + copy("b", 1));
  EXPECT_THAT(statuses(report), testing::UnorderedElementsAre("ran", "hit"));
}

TEST_F(RunnerTest, ALockTimeoutHasItsOwnExitCodeAndNamesTheHolder) {
  const auto first = run(copy("a", 1));
  store_ = *store::Store::open(project_.folder() / "store2");
  const auto other = store::ActionLock::try_take(store_.root(), first.stages[0].actions[0].key);
  ASSERT_TRUE(other && *other);
  options_.lock_timeout_s = 0.01;
  const auto report = run(copy("a", 1));
  EXPECT_EQ(report.exit_code, kLockTimeout);
  EXPECT_THAT(report.stages[0].error->message, HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_THAT(report.stages[0].error->hint, HasSubstr("--lock-timeout"));
}

TEST_F(RunnerTest, AnOutputThatWasNotWrittenIsThePluginsFault) {
  const auto report = run(copy("a", 8));
  EXPECT_EQ(report.exit_code, kStageFailed);
  EXPECT_THAT(report.stages[0].error->message, HasSubstr("did not write its output 'model'"));
  EXPECT_TRUE(report.stages[0].error->plugin_fault);
}

TEST_F(RunnerTest, AFailedGateHoldsDependentsBackAndKeepsTheResult) {
  const std::string gated = copy("a", 1) + "gate = [\"score >= 0.6\"]\n";
  const auto report = run(gated + copy("b", 2, "a.model") + copy("c", 3));
  EXPECT_EQ(report.exit_code, kGateFailed);
  EXPECT_EQ(report.status(), "gate_failed");
  EXPECT_THAT(statuses(report), ElementsAre("gate_failed", "skipped", "ran"));
  EXPECT_EQ(report.stages[0].gates.at(0).value, 0.5);
  EXPECT_EQ(report.stages[0].gates.at(0).limit, 0.6);
  EXPECT_THAT(statuses(run(copy("a", 1) + "gate = [\"score >= 0.5\"]\n")), ElementsAre("hit"));
}

TEST_F(RunnerTest, AGateComparesWithTheOtherStagesMetric) {
  const auto report = run(copy("a", 1) + copy("b", 2) + "gate = [\"score >= a.score - 0.1\"]\n");
  EXPECT_EQ(report.exit_code, kOk);
  EXPECT_DOUBLE_EQ(*report.stages[1].gates.at(0).limit, 0.4);
}

TEST_F(RunnerTest, AMetricThatWasNotReportedFailsItsGate) {
  const auto report = run(copy("a", 1) + "gate = [\"loss <= 1\"]\n");
  EXPECT_EQ(report.exit_code, kGateFailed);
  EXPECT_EQ(report.stages[0].gates.at(0).value, std::nullopt);
}

TEST_F(RunnerTest, MeasurementsAreTakenAnewUnlessRecordsAreReused) {
  EXPECT_THAT(statuses(run(kSpeed)), ElementsAre("ran"));
  EXPECT_THAT(statuses(run(kSpeed)), ElementsAre("ran"));
  options_.reuse_records = true;
  const auto replayed = run(kSpeed);
  EXPECT_THAT(statuses(replayed), ElementsAre("record"));
  EXPECT_GE(replayed.stages[0].record_age_s, 0);
}

TEST_F(RunnerTest, WritesTheReportAndEventsIntoTheRunsFolder) {
  const auto report = run(copy("a", 1));
  const auto folder = project_.folder() / "store/runs" / report.run_id;
  EXPECT_EQ(Json::parse(test::read_file(folder / "run.json")), to_json(report));
  std::vector<std::string> types;
  for (const auto& event : events_) types.push_back(event["type"]);
  EXPECT_THAT(types, ElementsAre("run.started", "stage.started", "worker.started", "action.finished",
                                 "stage.finished", "run.finished"));
  for (std::size_t i = 0; i < events_.size(); ++i) EXPECT_EQ(events_[i]["seq"], i);
  EXPECT_THAT(test::read_file(folder / "events.jsonl"), HasSubstr("\"type\":\"worker.started\""));
}

TEST_F(RunnerTest, InspectionTellsHitRunAndUnknownApart) {
  run(copy("a", 1));
  const auto planned = inspect(copy("a", 1) + copy("b", 2, "a.model") + copy("c", 3, "b.model"));
  ASSERT_EQ(planned.size(), 3U);
  EXPECT_EQ(planned[0].status, "hit");
  EXPECT_EQ(planned[1].status, "run");
  EXPECT_EQ(planned[2].status, "unknown");
  EXPECT_TRUE(is_digest(planned[1].key));
  EXPECT_EQ(planned[2].key, "");
}

TEST_F(RunnerTest, InspectionGivesNoKeyWhereOnlyAnImplicitActionIsKnown) {
  const auto planned =
      inspect("[stage.score]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"train\"\n");
  ASSERT_EQ(planned.size(), 1U);
  EXPECT_EQ(planned[0].status, "run");
  EXPECT_EQ(planned[0].key, "");
}

TEST_F(RunnerTest, InspectionCallsAMeasurementNoPendingWork) {
  EXPECT_EQ(inspect(kSpeed).at(0).status, "measure");
}

TEST_F(RunnerTest, PackagesAModelAsTheReferencesArtifact) {
  const auto report = run("[stage.ship]\nuses = \"package\"\nartifact = \"model\"\n");
  EXPECT_EQ(report.exit_code, kOk) << (report.stages.at(0).error ? report.stages[0].error->message : "");
  EXPECT_EQ(test::read_file(project_.folder() / "mtc-out/ship/package/model.onnx"), test::kModelBytes);
}

}  // namespace
}  // namespace mtc::run
