// SPDX-License-Identifier: Apache-2.0
//
// Plugins that misbehave: the run reports them and everything else stays whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

std::string pipeline(const std::string& stage) {
  return "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n[stage.bad]\nuses = "
         "\"convert." +
         stage + "\"\n";
}

struct Misdeed {
  const char* stage;
  int exit_code;
  const char* code;
  const char* message;
};

void PrintTo(const Misdeed& misdeed, std::ostream* stream) { *stream << misdeed.stage; }

const Misdeed kMisdeeds[] = {
    {"segfault", 5, "internal", "killed by signal 11 (SIGSEGV)"},
    {"abort", 5, "internal", "killed by signal 6 (SIGABRT)"},
    {"overflow", 5, "internal", "killed by signal 11 (SIGSEGV)"},
    {"hang", 6, "deadline_exceeded", "still running after 2.0 s"},
    {"exit", 1, "internal", "ended the process with exit(0)"},
    {"quick_exit", 5, "internal", "ended with exit code 0 before the action was done"},
    {"no_output", 1, "internal", "did not write its output"},
    {"throws", 1, "internal", "thrown on purpose"},
    {"silent", 1, "data_loss", "convert.silent"},
};

class Hostile : public testing::TestWithParam<Misdeed> {};

TEST_P(Hostile, IsReportedForWhatItIsAndCommitsNothing) {
  const auto& misdeed = GetParam();
  Sandbox box;
  box.use_conformance_plugins();
  ASSERT_EQ(box.run("mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n").exit_code, 0);
  const auto before = box.stored();
  const auto outcome = box.run(pipeline(misdeed.stage), {"--timeout", "2"});
  EXPECT_EQ(outcome.exit_code, misdeed.exit_code) << outcome.err;
  const auto report = outcome.json();
  EXPECT_EQ(report["exit_code"], misdeed.exit_code);
  EXPECT_EQ(stage_of(report, "init")["status"], "hit");
  const auto bad = stage_of(report, "bad");
  EXPECT_EQ(bad["status"], "failed");
  EXPECT_EQ(bad["error"]["code"], misdeed.code);
  EXPECT_THAT(bad["error"].dump(), HasSubstr(misdeed.message));
  EXPECT_THAT(bad["error"]["where"].get<std::string>(), HasSubstr("stage 'bad'"));
  EXPECT_EQ(bad["outputs"], Json::object());
  EXPECT_EQ(box.stored(), before);
  EXPECT_TRUE(box.staging().empty());
  EXPECT_FALSE(any_child_left());
}

INSTANTIATE_TEST_SUITE_P(Misdeeds, Hostile, testing::ValuesIn(kMisdeeds),
                         [](const auto& each) { return each.param.stage; });

TEST(HostileOutput, NamesThePlaceOfACrashInTheLog) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto bad = stage_of(box.run(pipeline("segfault")).json(), "bad");
  const auto log = read_file(bad["log"].get<std::string>());
  EXPECT_THAT(log, testing::ContainsRegex("SIGSEGV at address 0x[0-9a-f]+ in convert.segfault"));
  EXPECT_THAT(log, HasSubstr("hostile.so"));
}

TEST(HostileOutput, ShowsTheSignalOfAnOverflowHoweverLongItsBacktrace) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto message =
      stage_of(box.run(pipeline("overflow")).json(), "bad")["error"]["message"].get<std::string>();
  EXPECT_THAT(message, testing::ContainsRegex("crashed: SIGSEGV at address 0x[0-9a-f]+ in convert.overflow"));
  EXPECT_THAT(message, HasSubstr("backtrace:"));
  EXPECT_THAT(message, HasSubstr("more lines in the log"));
}

TEST(HostileOutput, OfAnExceptionSaysWhomToTell) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto hint = stage_of(box.run(pipeline("throws")).json(), "bad")["error"]["hint"].get<std::string>();
  EXPECT_THAT(hint, HasSubstr("report it to the author of the plugin \"hostile\""));
}

TEST(HostileOutput, OnStdoutGoesToTheLogAndNotIntoTheJson) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto outcome = box.run(pipeline("stdout"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto bad = stage_of(outcome.json(), "bad");
  EXPECT_EQ(bad["status"], "ran");
  EXPECT_EQ(outcome.out.find("printed to"), std::string::npos);
  EXPECT_EQ(outcome.err.find("printed to"), std::string::npos);
  const auto log = read_file(bad["log"].get<std::string>());
  EXPECT_THAT(log, HasSubstr("printed to stdout"));
  EXPECT_THAT(log, HasSubstr("printed to stderr"));
  const auto shown = box.mtc({"logs", "bad"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("printed to stdout"));
}

TEST(HostileOutput, OfAnEarlierStageSurvivesACrash) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto first = box.run(pipeline("segfault"));
  EXPECT_EQ(first.exit_code, 5);
  EXPECT_TRUE(std::filesystem::exists(box / "mtc-out/init/model.onnx"));
  const auto second = box.run(pipeline("stdout")).json();
  EXPECT_EQ(stage_of(second, "init")["status"], "hit");
  EXPECT_EQ(stage_of(second, "bad")["status"], "ran");
}

TEST(HostileOutput, OfAPluginOfAnotherAbiIsRefusedWithBothRanges) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto outcome = box.run(pipeline("future"));
  EXPECT_NE(outcome.exit_code, 0);
  const auto error = stage_of(outcome.json(), "bad")["error"];
  EXPECT_THAT(error["message"].get<std::string>(), testing::ContainsRegex("7.*9"));
  EXPECT_TRUE(box.staging().empty());
}

}  // namespace
}  // namespace mtc::test
