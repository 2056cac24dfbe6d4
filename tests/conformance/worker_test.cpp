// SPDX-License-Identifier: Apache-2.0
//
// What a real worker does with plugins that misbehave: each ends its own action, with a precise report.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/conformance/worker_run.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

class WorkerTest : public testing::Test {
 protected:
  WorkerRun run(const std::string& stage, const Json& params = Json::object()) {
    return run_worker(folder_, stage_specification(folder_, "hostile", stage, params));
  }
  void expect_cancelled(const WorkerRun& run) {
    EXPECT_EQ(run.status.code, 1) << run.status.describe();
    EXPECT_EQ(run.last("error")["code"], "cancelled");
    EXPECT_EQ(run.last("error")["plugin_fault"], false);
  }
  TempDir folder_;
};

TEST_F(WorkerTest, SaysHelloFirstAndDoneLast) {
  const auto result = run("convert.stdout");
  EXPECT_TRUE(result.status.ok()) << result.status.describe();
  EXPECT_EQ(result.frames.front()["type"], "hello");
  EXPECT_GT(result.frames.front()["pid"].get<int>(), 0);
  EXPECT_EQ(result.frames.back(), Json({{"type", "done"}}));
}

TEST_F(WorkerTest, KeepsWhatAPluginPrintsOutOfTheFrames) {
  const auto result = run("convert.stdout");
  EXPECT_THAT(result.printed, HasSubstr("printed to stdout"));
  EXPECT_THAT(result.printed, HasSubstr("printed to stderr"));
}

TEST_F(WorkerTest, EndsBySegmentationFaultWithABacktrace) {
  const auto result = run("convert.segfault");
  EXPECT_EQ(result.status.signal, SIGSEGV);
  EXPECT_THAT(result.printed,
              HasSubstr("crashed: SIGSEGV at address 0x0000000000000040 in convert.segfault of "));
  EXPECT_THAT(result.printed, HasSubstr("hostile.so"));
  EXPECT_TRUE(result.last("error").empty());
}

TEST_F(WorkerTest, EndsByAbortWithABacktrace) {
  const auto result = run("convert.abort");
  EXPECT_EQ(result.status.signal, SIGABRT);
  EXPECT_THAT(result.printed, HasSubstr("crashed: SIGABRT in convert.abort"));
}

TEST_F(WorkerTest, ReportsAFullStackFromAnotherStack) {
  const auto result = run("convert.overflow");
  EXPECT_EQ(result.status.signal, SIGSEGV);
  EXPECT_THAT(result.printed, HasSubstr("crashed: SIGSEGV"));
}

TEST_F(WorkerTest, ReportsAPluginThatCallsExit) {
  const auto result = run("convert.exit");
  EXPECT_EQ(result.status.code, 1);
  EXPECT_EQ(result.last("error")["message"], "the plugin ended the process with exit(0)");
  EXPECT_EQ(result.last("error")["plugin_fault"], true);
}

TEST_F(WorkerTest, SendsNeitherDoneNorErrorWhenAPluginEndsTheProcessAtOnce) {
  const auto result = run("convert.quick_exit");
  EXPECT_TRUE(result.last("done").empty());
  EXPECT_TRUE(result.last("error").empty());
}

TEST_F(WorkerTest, CancelsByFrame) {
  Worker worker(folder_);
  worker.send(stage_specification(folder_, "hostile", "convert.wait"));
  ASSERT_TRUE(worker.wait_for("log"));
  worker.send({{"type", "cancel"}});
  expect_cancelled(worker.finish());
}

TEST_F(WorkerTest, CancelsBySigterm) {
  Worker worker(folder_);
  worker.send(stage_specification(folder_, "hostile", "convert.wait"));
  ASSERT_TRUE(worker.wait_for("log"));
  worker.signal(SIGTERM);
  expect_cancelled(worker.finish());
}

TEST_F(WorkerTest, CancelsWhenTheDriverIsGone) {
  Worker worker(folder_);
  worker.send(stage_specification(folder_, "hostile", "convert.wait"));
  ASSERT_TRUE(worker.wait_for("log"));
  worker.hang_up();
  EXPECT_EQ(worker.finish().status.code, 1);
}

TEST_F(WorkerTest, CancelEndsARunningTool) {
  Worker worker(folder_);
  worker.send(stage_specification(folder_, "hostile", "convert.tool"));
  ASSERT_TRUE(worker.wait_for("log"));
  worker.send({{"type", "cancel"}});
  expect_cancelled(worker.finish());
}

TEST_F(WorkerTest, CanBeKilledWhenItHangs) {
  Worker worker(folder_);
  worker.send(stage_specification(folder_, "hostile", "convert.hang"));
  ASSERT_TRUE(worker.wait_for("log"));
  worker.send({{"type", "cancel"}});
  const auto result = worker.kill(50);
  EXPECT_EQ(result.status.signal, SIGKILL);
  EXPECT_TRUE(result.last("done").empty());
}

TEST_F(WorkerTest, BlamesThePluginForAnUndeclaredParameter) {
  const auto error = run("convert.undeclared", {{"level", 1}}).last("error");
  EXPECT_EQ(error["code"], "invalid_argument");
  EXPECT_EQ(error["message"], "the parameter \"levels\" is read but not declared");
  EXPECT_THAT(error["hint"].get<std::string>(), HasSubstr("did you mean \"level\"?"));
  EXPECT_EQ(error["plugin_fault"], true);
}

TEST_F(WorkerTest, ReportsAnExceptionThatTheSdkStopped) {
  const auto error = run("convert.throws").last("error");
  EXPECT_EQ(error["message"], "thrown on purpose");
  EXPECT_EQ(error["plugin_fault"], true);
}

TEST_F(WorkerTest, ReportsAnExceptionThatLeavesThePlugin) {
  const auto error = run("convert.escapes").last("error");
  EXPECT_EQ(error["message"], "a C++ exception left the plugin: escaped on purpose");
  EXPECT_EQ(error["code"], "internal");
}

TEST_F(WorkerTest, ReportsAFailureWithoutExplanation) {
  const auto error = run("convert.silent").last("error");
  EXPECT_EQ(error["code"], "data_loss");
  EXPECT_EQ(error["message"], "run failed with code 15 (data_loss) and no explanation");
}

TEST_F(WorkerTest, PutsTheStateOfTheProcessBackAndSaysSo) {
  const auto result = run("convert.state");
  EXPECT_TRUE(result.status.ok());
  EXPECT_TRUE(
      result.logged("plugin hostile changed in run: floating-point control, locale, working folder, "
                    "handler of SIGUSR1; it was put back"));
}

TEST_F(WorkerTest, MissesAnOutputThatWasNotWritten) {
  const auto error = run("convert.no_output").last("error");
  EXPECT_EQ(error["code"], "internal");
  EXPECT_EQ(error["message"], "the action succeeded, but did not write its output out");
  EXPECT_EQ(error["plugin_fault"], true);
}

TEST_F(WorkerTest, RefusesAnotherAbiAndNamesBothRanges) {
  const auto error =
      run_worker(folder_, stage_specification(folder_, "future", "convert.future")).last("error");
  EXPECT_EQ(error["code"], "failed_precondition");
  EXPECT_EQ(error["message"], "the plugin speaks ABI 7..9, this host 1..1");
  EXPECT_EQ(error["hint"], "update mtc, or build the plugin with this version's SDK");
}

TEST_F(WorkerTest, RefusesAnotherSanitizer) {
  const auto error =
      run_worker(folder_, stage_specification(folder_, "sanitized", "convert.sanitized")).last("error");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("the plugin was built with another sanitizer"));
}

TEST_F(WorkerTest, RefusesAFileThatIsNoLibrary) {
  Json specification = stage_specification(folder_, "hostile", "convert.stdout");
  specification["plugin"] = folder_.write("text.so", "not ELF").string();
  const auto error = run_worker(folder_, specification).last("error");
  EXPECT_EQ(error["code"], "failed_precondition");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("cannot load the plugin"));
}

TEST_F(WorkerTest, ReportsSpecificationsThatAreNotValid) {
  for (const char* text : {"{", "[]", "{\"kind\": \"dance\"}", "{\"kind\": \"stage\", \"plugin\": 3}"}) {
    Worker worker(folder_);
    worker.send_text(text);
    const auto result = worker.finish();
    EXPECT_EQ(result.status.code, 1) << text;
    EXPECT_EQ(result.last("error")["code"], "internal") << text;
  }
}

TEST_F(WorkerTest, EndsWhenNoSpecificationComes) {
  Worker worker(folder_);
  worker.hang_up();
  EXPECT_EQ(worker.finish().status.code, 1);
}

TEST_F(WorkerTest, SurvivesAPluginThatUsesMemory) {
  const auto result = run("convert.memory", {{"mebibytes", 64}});
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.last("progress")["done"], 64);
}

}  // namespace
}  // namespace mtc::test
