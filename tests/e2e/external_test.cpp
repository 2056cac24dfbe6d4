// SPDX-License-Identifier: Apache-2.0
//
// A program mtc-NAME in PATH is `mtc NAME`.
#include <signal.h>

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class External : public testing::Test {
 protected:
  External() { box_.set("PATH", (box_ / "bin").string() + ":/usr/bin:/bin"); }

  void program(const std::string& name, const std::string& body) const {
    const auto file = box_.write(name, "#!/bin/sh\n" + body);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  Sandbox box_;
};

TEST_F(External, GetsItsWordsAndGivesItsExitCode) {
  program("bin/mtc-greet", "printf '[%s]' \"$@\"; exit 42\n");
  const auto outcome = box_.mtc({"greet", "a b", "--json", "-x", "--"});
  EXPECT_EQ(outcome.exit_code, 42);
  EXPECT_EQ(outcome.out, "[a b][--json][-x][--]");
}

TEST_F(External, IsAskedForItsOwnHelp) {
  program("bin/mtc-greet", "echo \"$@\"\n");
  EXPECT_EQ(box_.mtc({"help", "greet"}).out, "--help\n");
  EXPECT_EQ(box_.mtc({"greet", "--help"}).out, "--help\n");
}

TEST_F(External, CanCallMtcBackWithTheSameStoreAndPlugins) {
  program("bin/mtc-greet", "echo \"$MTC_STORE\"; \"$MTC\" plugin list\n");
  const auto plugins = box_.copy_plugins();
  const auto outcome =
      box_.mtc({"--store", "elsewhere", "--plugin", (plugins / "init.so").string(), "greet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::StartsWith("elsewhere\n"));
  EXPECT_THAT(outcome.out, HasSubstr((plugins / "init.so").string()));
}

TEST_F(External, EndsByASignalAsTheProgramDoes) {
  program("bin/mtc-greet", "kill -TERM $$\n");
  box_.write("call.sh", MTC_BUILD_DIR "/bin/mtc greet; echo $?\n");
  program("bin/mtc-outer", "sh call.sh\n");
  EXPECT_EQ(box_.mtc({"outer"}).out, "143\n");
}

TEST_F(External, ComesAfterWhatMtcHasItself) {
  for (const char* name : {"bin/mtc-plan", "bin/mtc-sparsify", "bin/mtc-train.init", "bin/mtc-help"})
    program(name, "echo mine\n");
  for (const char* name : {"plan", "sparsify", "train.init", "help"})
    EXPECT_THAT(box_.mtc({name, "--help"}).out, Not(HasSubstr("mine"))) << name;
}

TEST_F(External, IsTheFirstOfPathAndNeverInAFolderThatIsNotAbsolute) {
  box_.set("PATH", ":bin:" + (box_ / "one").string() + ":" + (box_ / "two").string() + ":/usr/bin:/bin");
  program("mtc-greet", "echo here\n");
  program("bin/mtc-greet", "echo relative\n");
  program("one/mtc-greet", "echo one\n");
  program("two/mtc-greet", "echo two\n");
  EXPECT_EQ(box_.mtc({"greet"}).out, "one\n");
}

TEST_F(External, IsListedOnceAndSuggested) {
  program("bin/mtc-greet", "echo\n");
  program("bin/mtc-worker", "echo\n");
  box_.write("bin/mtc-notes", "not executable");
  std::filesystem::create_directory_symlink(box_ / "bin", box_ / "again");
  box_.set("PATH", (box_ / "bin").string() + ":" + (box_ / "again").string() + ":" + (box_ / "bin").string() +
                       "/:/usr/bin:/bin");
  const auto help = box_.mtc({"--help"}).out;
  EXPECT_THAT(help, testing::ContainsRegex("greet +.*/bin/mtc-greet"));
  EXPECT_THAT(help, Not(HasSubstr("mtc-worker")));
  EXPECT_THAT(help, Not(HasSubstr("mtc-notes")));
  const auto listed = box_.mtc({"--json"}).json()["external"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["name"], "greet");
  EXPECT_THAT(box_.mtc({"gret"}).err, HasSubstr("did you mean \"greet\"?"));
}

TEST_F(External, IsNoWayAroundPathOrIntoTheParts) {
  program("bin/sub/mtc-greet", "echo\n");
  program("bin/mtc-worker", "echo mine\n");
  EXPECT_EQ(box_.mtc({"../mtc-greet"}).exit_code, 2);
  EXPECT_EQ(box_.mtc({"worker"}).exit_code, 2);
  EXPECT_EQ(box_.mtc({"--json", "worker"}).json()["schema"], "mtc.error/1");
}

TEST_F(External, IsToldWhereItsJsonFlagBelongs) {
  program("bin/mtc-greet", "echo\n");
  const auto outcome = box_.mtc({"--json", "greet"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("mtc greet --json"));
}

}  // namespace
}  // namespace mtc::test
