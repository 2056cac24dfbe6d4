// SPDX-License-Identifier: Apache-2.0
//
// How the driver sees the end of an attempt, whatever the worker does.
#include "core/run/worker.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/process.hpp"
#include "tests/unit/core/run/script_worker.hpp"

namespace mtc::run {
namespace {

using End = WorkerOutcome::End;
using testing::HasSubstr;

class RunWorkerTest : public testing::Test {
 protected:
  RunWorkerTest() {
    options_.log = folder_ / "action.log";
    options_.on_frame = [this](const Json& frame) { frames_.push_back(frame); };
  }
  WorkerOutcome run(const std::string& body) {
    options_.program = test::script_worker(folder_, "worker", body);
    auto outcome = run_worker({{"kind", "stage"}}, options_);
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
    return outcome ? *outcome : WorkerOutcome();
  }
  [[nodiscard]] std::string log() const { return test::read_file(options_.log); }

  test::TempDir folder_;
  WorkerOptions options_;
  std::vector<Json> frames_;
};

TEST_F(RunWorkerTest, SendsTheSpecificationAndCollectsMetrics) {
  const auto outcome =
      run("[ \"$spec\" = '{\"kind\":\"stage\"}' ] || exit 9\n"
          "frame '{\"type\":\"metric\",\"name\":\"top1\",\"value\":0.5}'\n"
          "frame '{\"type\":\"done\"}'\n");
  EXPECT_EQ(outcome.end, End::done);
  EXPECT_EQ(outcome.metrics, (std::map<std::string, double>{{"top1", 0.5}}));
  EXPECT_GT(outcome.seconds, 0);
}

TEST_F(RunWorkerTest, KeepsPrintedTextAndLogLinesInTheLog) {
  run("echo printed\necho complained >&2\nframe "
      "'{\"type\":\"log\",\"level\":\"warning\",\"text\":\"careful\"}'\n"
      "frame '{\"type\":\"done\"}'\n");
  EXPECT_THAT(log(), HasSubstr("printed\n"));
  EXPECT_THAT(log(), HasSubstr("complained\n"));
  EXPECT_THAT(log(), HasSubstr("warning: careful\n"));
}

TEST_F(RunWorkerTest, PassesProgressOn) {
  run("frame '{\"type\":\"hello\",\"pid\":1}'\n"
      "frame '{\"type\":\"progress\",\"phase\":\"p\",\"done\":1,\"total\":2,\"unit\":\"u\"}'\n"
      "frame '{\"type\":\"done\"}'\n");
  ASSERT_EQ(frames_.size(), 1U);
  EXPECT_EQ(frames_[0]["done"], 1);
}

TEST_F(RunWorkerTest, SkipsFramesThatAWorkerNeverSends) {
  const auto outcome =
      run("frame '{\"type\":7}'\nframe 'no json'\nframe '[]'\n"
          "frame '{\"type\":\"metric\",\"name\":\"a\",\"value\":null}'\n"
          "frame '{\"type\":\"metric\",\"name\":3,\"value\":\"x\"}'\n"
          "frame '{\"type\":\"log\",\"level\":1,\"text\":[]}'\n"
          "frame '{\"type\":\"done\"}'\n");
  EXPECT_EQ(outcome.end, End::done);
  EXPECT_TRUE(outcome.metrics.empty());
}

TEST_F(RunWorkerTest, HandsTheErrorOnAsItCame) {
  const auto outcome =
      run("frame '{\"type\":\"error\",\"code\":\"unavailable\",\"message\":\"busy\",\"where\":\"w\","
          "\"hint\":\"h\",\"retryable\":true,\"plugin_fault\":false}'\nexit 1\n");
  EXPECT_EQ(outcome.end, End::error);
  EXPECT_EQ(outcome.error.code, Code::unavailable);
  EXPECT_EQ(outcome.error.message, "busy");
  EXPECT_TRUE(outcome.error.retryable);
}

TEST_F(RunWorkerTest, CallsAnEndWithoutAWordACrashAndQuotesTheLog) {
  const auto outcome = run("echo 'last words'\nexit 3\n");
  EXPECT_EQ(outcome.end, End::crash);
  EXPECT_THAT(outcome.error.message, HasSubstr("ended with exit code 3 before the action was done"));
  EXPECT_THAT(outcome.error.message, HasSubstr("last words"));
  EXPECT_THAT(outcome.error.hint, HasSubstr(options_.log.string()));
  EXPECT_TRUE(outcome.error.plugin_fault);
}

TEST_F(RunWorkerTest, CallsASignalACrashEvenAfterDone) {
  EXPECT_THAT(run("kill -SEGV $$\n").error.message, HasSubstr("SIGSEGV"));
  EXPECT_EQ(run("frame '{\"type\":\"done\"}'\nkill -SEGV $$\n").end, End::crash);
}

TEST_F(RunWorkerTest, EndsAnAttemptThatTakesTooLong) {
  options_.timeout_s = 0.3;
  const auto outcome = run("sleep 600\n");
  EXPECT_EQ(outcome.end, End::timeout);
  EXPECT_EQ(outcome.error.code, Code::deadline_exceeded);
  EXPECT_EQ(outcome.error.hint, "raise --timeout");
}

TEST_F(RunWorkerTest, EndsAnAttemptThatGivesNoSignOfLife) {
  options_.stall_timeout_s = 0.3;
  const auto outcome = run("frame '{\"type\":\"hello\"}'\nsleep 600\n");
  EXPECT_EQ(outcome.end, End::timeout);
  EXPECT_THAT(outcome.error.hint, HasSubstr("--stall-timeout"));
}

TEST_F(RunWorkerTest, EndsAnAttemptThatUsesTooMuchMemory) {
  options_.memory_bytes = 4096;  // Less than any shell needs.
  const auto outcome = run("sleep 600\n");
  EXPECT_EQ(outcome.end, End::over_memory);
  EXPECT_EQ(outcome.error.code, Code::resource_exhausted);
  EXPECT_THAT(outcome.error.message, HasSubstr("its limit is 4.0 KiB"));
}

TEST_F(RunWorkerTest, StopsWhenAskedWithACancelFrameFirst) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  options_.stop.descriptor = pipe_ends[0];
  const auto outcome =
      run("head -c 21 <&3 | tail -c 17\n"
          "frame '{\"type\":\"error\",\"code\":\"cancelled\",\"message\":\"cancelled\"}'\nexit 1\n");
  EXPECT_EQ(outcome.end, End::stopped);
  EXPECT_EQ(outcome.error.code, Code::cancelled);
  EXPECT_EQ(log(), "{\"type\":\"cancel\"}");
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(RunWorkerTest, StopsAWorkerThatDoesNotListen) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  options_.stop.descriptor = pipe_ends[0];
  EXPECT_EQ(run("trap '' TERM\nsleep 600\n").end, End::stopped);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(RunWorkerTest, LeavesNoProcessBehind) {
  ASSERT_TRUE(become_subreaper());  // As mtc does: without it orphans are no longer descendants.
  run("setsid sleep 600 >/dev/null 2>&1 &\necho $! > " + (folder_ / "pid").string() +
      "\nframe '{\"type\":\"done\"}'\n");
  const auto pid = std::stoi(test::read_file(folder_ / "pid"));
  EXPECT_NE(kill(pid, 0), 0);
}

TEST_F(RunWorkerTest, SaysThatAProgramDoesNotExist) {
  options_.program = folder_ / "none";
  const auto outcome = run_worker(Json::object(), options_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::not_found);
}

}  // namespace
}  // namespace mtc::run
