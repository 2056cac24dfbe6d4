// SPDX-License-Identifier: Apache-2.0
//
// Long stages that are killed, interrupted or fail go on from their checkpoint, and end with the same bytes.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/checkpoint_folder.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// Counts to 6; the attempt ends before `stop_at` (0: it does not), as `how` says.
std::string counting(int stop_at, const std::string& how) {
  return fmt::format(
      "mtc = 1\n[stage.count]\nuses = \"convert.count\"\nwith = {{ to = 6, stop_at = {}, how = \"{}\" }}\n",
      stop_at, how);
}

std::string digest_in(const Json& report, const std::string& stage, const std::string& output) {
  return stage_of(report, stage)["outputs"][output]["digest"];
}

/// What the worker of the newest run said.
std::string log_of(Sandbox& box, const std::string& stage) { return box.mtc({"logs", stage}).out; }

/// The folders of whole checkpoints in the store.
std::vector<fs::path> checkpoints_of(const Sandbox& box) {
  std::vector<fs::path> all;
  std::error_code error;
  for (const auto& shard : fs::directory_iterator(box / "store/checkpoints", error)) {
    for (const auto& action : fs::directory_iterator(shard)) {
      const auto found = checkpoints_in(action.path());
      if (found) all.insert(all.end(), found->begin(), found->end());
    }
  }
  return all;
}

class CountTest : public testing::Test {
 protected:
  void SetUp() override { box_.use_conformance_plugins(); }

  /// Starts an attempt that waits before number 4, with a checkpoint of the third.
  Running start() {
    box_.write("p.toml", counting(4, "wait"));
    return box_.start({"run", "p.toml", "--json"});
  }
  static void expect_wait(Running& running) {
    EXPECT_EQ(running.event("action.log")["text"], "begins with 1");
    EXPECT_EQ(running.event("action.log")["text"], "waits before 4");
  }
  /// What mtc cache show says of the one action's checkpoint.
  Json shown_checkpoint() {
    const std::string key = checkpoints_of(box_)[0].parent_path().filename();
    return box_.mtc({"cache", "show", key, "--json"}).json()["checkpoint"];
  }
  /// The next run goes on with number `number` and ends as one that was never disturbed.
  void expect_continues_with(int number) {
    const auto outcome = box_.run(counting(0, "fail"));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(log_of(box_, "count"), HasSubstr(fmt::format("begins with {}\n", number)));
    Sandbox other;
    other.use_conformance_plugins();
    EXPECT_EQ(digest_in(outcome.json(), "count", "out"),
              digest_in(other.run(counting(0, "fail")).json(), "count", "out"));
    EXPECT_TRUE(checkpoints_of(box_).empty());
    EXPECT_EQ(box_.mtc({"cache", "stats", "--json"}).json()["checkpoints"]["count"], 0);
  }

  Sandbox box_;
};

TEST_F(CountTest, ContinuesAfterACrashAndSaysSo) {
  const auto crashed = box_.run(counting(4, "crash"));
  EXPECT_EQ(crashed.exit_code, 5);
  EXPECT_THAT(crashed.err, HasSubstr("the next run continues from its checkpoint"));
  const auto again = box_.run(counting(5, "fail"));
  EXPECT_EQ(again.exit_code, 7) << again.err;
  EXPECT_THAT(again.err, HasSubstr("count stage continues from a checkpoint: after number 3 (8 B)"));
  expect_continues_with(5);
}

TEST_F(CountTest, ContinuesAfterTheDriverWasKilled) {
  {
    auto running = start();
    expect_wait(running);
    running.signal(SIGKILL);
    EXPECT_EQ(running.finish().exit_code, -1);
  }
  expect_continues_with(4);
}

TEST_F(CountTest, ContinuesAfterTheWorkerWasKilled) {
  auto running = start();
  const auto started = running.event("worker.started");
  expect_wait(running);
  ASSERT_EQ(::kill(started["pid"].get<int>(), SIGKILL), 0);
  EXPECT_EQ(running.finish().exit_code, 5);
  expect_continues_with(4);
}

TEST_F(CountTest, ContinuesAfterCtrlC) {
  auto running = start();
  expect_wait(running);
  running.signal(SIGINT);
  const auto outcome = running.finish();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_TRUE(box_.staging().empty());
  expect_continues_with(4);
}

TEST_F(CountTest, ADamagedCheckpointIsNotUsed) {
  ASSERT_EQ(box_.run(counting(4, "fail")).exit_code, 7);
  const auto checkpoints = checkpoints_of(box_);
  ASSERT_EQ(checkpoints.size(), 1U);
  EXPECT_EQ(shown_checkpoint(), Json({{"label", "after number 3"}, {"bytes", 8}}));
  std::ofstream(checkpoints[0] / "files/state") << "3 0\n";
  const auto verified = box_.mtc({"cache", "verify"});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.out, HasSubstr("checkpoint " + checkpoints[0].string()));
  EXPECT_EQ(shown_checkpoint(), Json());
  const auto outcome = box_.run(counting(2, "fail"));
  EXPECT_THAT(outcome.err, HasSubstr("warning: count: a checkpoint is not used: its files are not"));
  expect_continues_with(2);
}

TEST_F(CountTest, AnotherActionDoesNotSeeIt) {
  ASSERT_EQ(box_.run(counting(4, "fail")).exit_code, 7);
  const auto other = box_.run("mtc = 1\n[stage.count]\nuses = \"convert.count\"\nwith = { to = 7 }\n");
  ASSERT_EQ(other.exit_code, 0) << other.err;
  EXPECT_THAT(log_of(box_, "count"), HasSubstr("begins with 1\n"));
  EXPECT_EQ(checkpoints_of(box_).size(), 1U);
}

TEST_F(CountTest, GcTakesItUnlessARunLives) {
  ASSERT_EQ(box_.run(counting(4, "fail")).exit_code, 7);
  EXPECT_EQ(box_.mtc({"cache", "stats", "--json"}).json()["checkpoints"]["count"], 1);
  {
    auto running = start();
    ASSERT_EQ(running.event("action.checkpoint")["what"], "found");
    const auto beside = box_.mtc({"cache", "gc", "--max-size", "0", "--json"}).json();
    EXPECT_EQ(beside["removed"]["checkpoints"]["count"], 0);
    EXPECT_EQ(beside["kept_in_use"], 1);
    running.signal(SIGINT);
    EXPECT_EQ(running.finish().exit_code, 130);
  }
  EXPECT_EQ(checkpoints_of(box_).size(), 1U);
  const auto gone = box_.mtc({"cache", "gc", "--max-size", "0", "--json"}).json();
  EXPECT_EQ(gone["removed"]["checkpoints"]["count"], 1);
  expect_continues_with(1);
}

TEST_F(CountTest, AStageThatDeclaresNoneGetsNone) {
  const auto outcome = box_.run("mtc = 1\n[stage.careless]\nuses = \"convert.careless\"\n");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_file(stage_of(outcome.json(), "careless")["outputs"]["out"]["path"].get<std::string>()),
            "no checkpoints\n");
  const auto info = box_.mtc({"plugin", "info", "counter"});
  EXPECT_THAT(info.out.substr(0, info.out.find("convert.careless")), HasSubstr("Checkpoints"));
  EXPECT_THAT(info.out.substr(info.out.find("convert.careless")), Not(HasSubstr("Checkpoints")));
}

constexpr int kStepsPerEpoch = 2;

/// Twelve epochs with everything that has a state: momentum, augmentation, a best epoch, statistics.
constexpr const char* kTraining = R"(mtc = 1
[stage.images]
uses = "data.generate"
with = { samples = 192 }
[data.all]
stage = "images.tensors"
preprocess = "unit"
classes = 10
[data.train]
from = "all"
take = 128
[data.validation]
from = "all"
skip = 128
[stage.init]
uses = "train.init"
with = { width = 4, stages = 2 }
[stage.dense]
uses = "train.sgd"
model = "init.model"
data = "train"
validation = "validation"
with = { epochs = 12, augment = ["flip", "crop"], checkpoint_seconds = 0 }
)";

class TrainTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_plugin("train.so")) GTEST_SKIP() << "built without libtorch";
  }

  /// Kills the worker of the training after the second epoch or a later one.
  void kill_early() {
    box_.write("p.toml", kTraining);
    auto running = box_.start({"run", "p.toml", "--json", "-j1"});
    int pid = 0;
    while (pid == 0) {
      const auto started = running.event("worker.started");
      ASSERT_TRUE(started.is_object());
      if (started["stage"] == "dense") pid = started["pid"];
    }
    EXPECT_EQ(running.event("action.checkpoint")["label"], "after epoch 1 of 12");
    EXPECT_EQ(running.event("action.checkpoint")["label"], "after epoch 2 of 12");
    ::kill(pid, SIGKILL);
    ASSERT_EQ(running.finish().exit_code, 5) << "the training was over before it was killed";
    ASSERT_EQ(checkpoints_of(box_).size(), 1U);
  }
  /// Replaces the checkpoint by a whole one that another version could have written.
  static void raise_version(const fs::path& newest) {
    CheckpointFolder folder(newest.parent_path());
    const auto next = folder.begin();
    ASSERT_TRUE(next);
    fs::copy(newest / "files", *next, fs::copy_options::recursive);
    auto state = Json::parse(read_file(*next / "state.json"));
    state["version"] = 2;
    std::ofstream(*next / "state.json") << state.dump();
    ASSERT_TRUE(folder.commit("after epoch 2 of 12"));
  }
  /// `report` is that of a run which ended well.
  static void expect_undisturbed(const Json& report) {
    Sandbox other;
    const auto undisturbed = other.run(kTraining).json();
    for (const char* output : {"model", "report"})
      EXPECT_EQ(digest_in(report, "dense", output), digest_in(undisturbed, "dense", output)) << output;
    EXPECT_EQ(stage_of(report, "dense")["metrics"], stage_of(undisturbed, "dense")["metrics"]);
  }
  Sandbox box_;
};

TEST_F(TrainTest, ContinuesWithTheNextEpochAndEndsWithTheSameBytes) {
  kill_early();
  if (HasFatalFailure()) return;
  auto running = box_.start({"run", "p.toml", "--json", "-j1"});
  const auto found = running.event("action.checkpoint");
  EXPECT_EQ(found["what"], "found");
  int epochs = 0;
  ASSERT_EQ(sscanf(found["label"].get<std::string>().c_str(), "after epoch %d of 12", &epochs), 1);
  EXPECT_GE(epochs, 2);
  EXPECT_EQ(running.event("action.log", "dense")["text"],
            fmt::format("continues at epoch {} of 12", epochs + 1));
  // The first step that is told of is one of an epoch that was not done yet.
  EXPECT_GT(running.event("action.progress", "dense")["done"], epochs * kStepsPerEpoch);
  const auto outcome = running.finish();
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("dense stage continues from a checkpoint: after epoch"));
  expect_undisturbed(outcome.json());
  EXPECT_TRUE(checkpoints_of(box_).empty());
}

TEST_F(TrainTest, StartsOverWhenTheCheckpointIsDamagedAndEndsWithTheSameBytes) {
  kill_early();
  if (HasFatalFailure()) return;
  const auto weights = checkpoints_of(box_)[0] / "files/weights.onnx";
  fs::resize_file(weights, fs::file_size(weights) / 2);
  const auto outcome = box_.run(kTraining);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("warning: dense: a checkpoint is not used"));
  EXPECT_THAT(log_of(box_, "dense"), Not(HasSubstr("continues at")));
  expect_undisturbed(outcome.json());
}

TEST_F(TrainTest, StartsOverWhenTheCheckpointIsOfAnotherVersion) {
  kill_early();
  if (HasFatalFailure()) return;
  raise_version(checkpoints_of(box_)[0]);
  const auto outcome = box_.run(kTraining);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("warning: dense: starts over, since the checkpoint does not fit"));
  EXPECT_THAT(outcome.err, HasSubstr("version 2"));
  expect_undisturbed(outcome.json());
}

}  // namespace
}  // namespace mtc::test
