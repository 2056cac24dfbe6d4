// SPDX-License-Identifier: Apache-2.0
//
// Progress of the real mtc: a block on a terminal of any width, plain lines elsewhere.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/support/screen.hpp"

namespace mtc::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Two stages that run side by side until their time is over.
constexpr const char* kTwoHang = R"(mtc = 1
[stage.first_with_a_name_longer_than_forty_columns]
uses = "convert.hang"
[stage.second]
uses = "convert.wait"
)";

class OnATerminal : public testing::TestWithParam<int> {};

TEST_P(OnATerminal, ABlockShowsEachRunningStageAndLeavesNothingBehind) {
  const int columns = GetParam();
  Sandbox box;
  box.use_conformance_plugins();
  box.write("p.toml", kTwoHang);
  const auto outcome = box.mtc_on_terminal({"run", "p.toml", "-k", "-j2", "--timeout", "1"}, columns);
  EXPECT_EQ(outcome.exit_code, 6) << outcome.out;
  Screen screen(static_cast<std::size_t>(columns));
  screen.write(outcome.out);
  const auto both = [](const std::vector<std::string>& lines) {
    if (lines.size() < 3) return false;
    const auto* last = &lines[lines.size() - 3];
    return last[0].starts_with("  first_w") && last[0].ends_with(" s") && last[1].starts_with("  second") &&
           last[2].starts_with("[0 of 2 stages done, 2 running]");
  };
  EXPECT_TRUE(std::ranges::any_of(screen.snapshots(), both)) << outcome.out;
  // A line of the block that wrapped would be erased in part.
  const auto lines = screen.lines();
  EXPECT_THAT(lines, Each(Not(StartsWith("["))));
  EXPECT_THAT(lines, Each(Not(StartsWith("  first_w"))));
  EXPECT_THAT(lines, Contains(StartsWith("failed      second")));
}

INSTANTIATE_TEST_SUITE_P(Columns, OnATerminal, testing::Values(40, 80));

TEST(Progress, IsPlainWhereTheTerminalIsDumbOrThePersonSaysSo) {
  Sandbox box;
  box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n");
  const auto plain = box.mtc_on_terminal({"run", "p.toml", "--progress", "plain"}, 80);
  EXPECT_THAT(plain.out,
              AllOf(HasSubstr("started     init"), HasSubstr("ran         init"), Not(HasSubstr("\x1b["))));
  box.set("TERM", "dumb");
  const auto dumb = box.mtc_on_terminal({"run", "p.toml"}, 80);
  EXPECT_THAT(dumb.out, AllOf(HasSubstr("hit         init"), Not(HasSubstr("\x1b["))));
}

TEST(Progress, IsSilentWhenNoneIsWanted) {
  Sandbox box;
  box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n");
  const auto none = box.mtc({"run", "p.toml", "--progress", "none"});
  EXPECT_THAT(none.err, AllOf(Not(HasSubstr("init")), HasSubstr("store: ")));
  EXPECT_EQ(box.mtc({"run", "p.toml", "--progress", "some"}).exit_code, 2);
}

TEST(Colours, FollowTheUsualVariables) {
  Sandbox box;
  constexpr const char* kRed = "\x1b[1;31m";
  EXPECT_THAT(box.mtc_on_terminal({"rnu"}, 80).out, Not(HasSubstr(kRed)));  // The sandbox sets NO_COLOR.
  box.set("CLICOLOR_FORCE", "1");
  EXPECT_THAT(box.mtc({"rnu"}).err, Not(HasSubstr(kRed)));
  box.set("NO_COLOR", "");
  EXPECT_THAT(box.mtc({"rnu"}).err, HasSubstr(kRed));
  box.set("CLICOLOR_FORCE", "0");
  EXPECT_THAT(box.mtc({"rnu"}).err, Not(HasSubstr(kRed)));
  EXPECT_THAT(box.mtc_on_terminal({"rnu"}, 80).out, HasSubstr(kRed));
  box.set("TERM", "dumb");
  EXPECT_THAT(box.mtc_on_terminal({"rnu"}, 80).out, Not(HasSubstr(kRed)));
}

}  // namespace
}  // namespace mtc::test
