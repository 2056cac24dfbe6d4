// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/annotations.hpp"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(GithubCommandTest, EscapesWhatWouldEndAMessageOrAProperty) {
  const test::TempDir folder;
  const auto text = github_command("error", {Code::unknown, "100 %\nnext\rline: x, y", "q:r", "h"}, "");
  EXPECT_EQ(text, "::error title=mtc::100 %25%0Anext%0Dline: x, y%0Aat q:r%0Ahint: h");
  const auto file = folder.write("p%q.toml", "");
  EXPECT_THAT(github_command("error", {Code::unknown, "m", file.string() + ":4:10", {}}),
              StartsWith("::error file=" + (folder / "p%25q.toml").string() + ",line=4,col=10,title=mtc::m"));
}

TEST(GithubCommandTest, CountsPathsFromTheWorkspace) {
  const test::TempDir folder;
  const auto file = folder.write("sub/p.toml", "");
  ::setenv("GITHUB_WORKSPACE", folder.path().c_str(), 1);
  const auto text =
      github_command("error", {Code::unknown, "m", "stage 'x', " + file.string() + ":4:10", {}});
  ::unsetenv("GITHUB_WORKSPACE");
  EXPECT_THAT(text, StartsWith("::error file=sub/p.toml,line=4,col=10,title=mtc::m%0Aat stage 'x'"));
}

TEST(GithubCommandTest, UsesThePlaceOfTheStageWhereTheErrorHasNone) {
  const test::TempDir folder;
  const auto file = folder.write("p.toml", "");
  EXPECT_THAT(
      github_command("error", {Code::aborted, "gate failed", "stage 'x'", {}}, file.string() + ":7:8"),
      HasSubstr("line=7,col=8"));
}

TEST(GithubCommandTest, NamesNoFileThatIsNone) {
  EXPECT_THAT(github_command("error", {Code::unknown, "m", "command line:3:1", {}}), Not(HasSubstr("file=")));
}

TEST(GitlabSectionTest, IsClosedAndNamedWithSafeCharacters) {
  EXPECT_EQ(gitlab_section("build[target=cpu]", "ran build", "one\ntwo\n", 100, 103),
            "\x1b[0Ksection_start:100:mtc_build_target_cpu_[collapsed=true]\r\x1b[0Kran build\none\ntwo\n"
            "\x1b[0Ksection_end:103:mtc_build_target_cpu_\r\x1b[0K");
}

TEST(AnnotationsTest, FollowTheRunnerUnlessSaid) {
  ::unsetenv("GITHUB_ACTIONS");
  ::unsetenv("GITLAB_CI");
  EXPECT_EQ(annotations_from("auto"), Annotations::none);
  ::setenv("GITLAB_CI", "true", 1);
  EXPECT_EQ(annotations_from("auto"), Annotations::gitlab);
  EXPECT_EQ(annotations_from("none"), Annotations::none);
  ::setenv("GITHUB_ACTIONS", "true", 1);
  EXPECT_EQ(annotations_from("auto"), Annotations::github);
  ::unsetenv("GITHUB_ACTIONS");
  ::unsetenv("GITLAB_CI");
  EXPECT_EQ(annotations_from("github"), Annotations::github);
}

}  // namespace
}  // namespace mtc::cli
