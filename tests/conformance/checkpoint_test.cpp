// SPDX-License-Identifier: Apache-2.0
//
// mtc.checkpoint/1 between a real worker and a plugin in C.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/checkpoint_folder.hpp"
#include "tests/conformance/worker_run.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

void overwrite(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

class CheckpointTest : public testing::Test {
 protected:
  WorkerRun count(std::int64_t stop_at, const std::string& how = "fail") {
    return run("convert.count", {{"to", 6}, {"stop_at", stop_at}, {"how", how}});
  }
  WorkerRun run(const std::string& stage, const Json& params, bool offered = true) {
    Json specification = stage_specification(folder_, "counter", stage, params);
    if (offered) specification["checkpoints"] = checkpoints_.string();
    return run_worker(folder_, specification);
  }
  [[nodiscard]] std::string result() const { return read_file(folder_ / "out.txt"); }

  TempDir folder_;
  std::filesystem::path checkpoints_ = folder_ / "checkpoints";
};

TEST_F(CheckpointTest, ACrashedAttemptIsContinuedAndEndsWithTheSameBytes) {
  EXPECT_TRUE(run("convert.count", {{"to", 6}, {"stop_at", 0}, {"how", "fail"}}, false).status.ok());
  const std::string undisturbed = result();
  EXPECT_EQ(count(4, "crash").status.signal, SIGABRT);
  const auto next = count(0);
  EXPECT_TRUE(next.status.ok());
  EXPECT_TRUE(next.logged("begins with 4"));
  EXPECT_EQ(result(), undisturbed);
}

TEST_F(CheckpointTest, TheDriverHearsOfEachThatIsFoundOrSaved) {
  const auto first = count(3);
  EXPECT_EQ(first.last("checkpoint")["what"], "saved");
  EXPECT_EQ(first.last("checkpoint")["label"], "after number 2");
  const auto second = count(3);
  EXPECT_EQ(second.last("checkpoint"),
            Json({{"type", "checkpoint"}, {"what", "found"}, {"label", "after number 2"}, {"bytes", 6}}));
}

TEST_F(CheckpointTest, ADamagedOneIsPassedOverWithAWarning) {
  count(4);
  const auto newest = checkpoints_in(checkpoints_)->front();
  overwrite(newest / "files/state", "3 0\n");
  const auto next = count(0);
  EXPECT_TRUE(next.status.ok());
  EXPECT_TRUE(next.logged("a checkpoint is not used: its files are not what was written"));
  EXPECT_TRUE(next.logged("begins with 1"));
}

TEST_F(CheckpointTest, ALinkIsRefusedAndThePluginBlamed) {
  const auto result = count(2, "link");
  EXPECT_EQ(result.status.code, 1);
  EXPECT_THAT(result.last("error")["message"].get<std::string>(), HasSubstr("cannot hold links"));
  EXPECT_EQ(result.last("error")["plugin_fault"], true);
}

TEST_F(CheckpointTest, AStageWithoutAFolderHasNoService) {
  EXPECT_TRUE(run("convert.careless", Json::object(), false).status.ok());
  EXPECT_EQ(result(), "no checkpoints\n");
}

}  // namespace
}  // namespace mtc::test
