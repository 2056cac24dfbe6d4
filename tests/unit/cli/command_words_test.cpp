// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/command_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CommandWordsTest, FindTheCommandBehindGlobalFlags) {
  const auto words =
      command_words({"--store", "s", "--plugin=a.so", "--json", "cache", "ls", "--limit", "3"});
  EXPECT_EQ(words.command, "cache");
  EXPECT_THAT(words.globals, ElementsAre("--store", "s", "--plugin=a.so", "--json"));
  EXPECT_THAT(words.parsed(),
              ElementsAre("cache", "ls", "--limit", "3", "--store", "s", "--plugin=a.so", "--json"));
}

TEST(CommandWordsTest, KeepGlobalFlagsBeforeTwoDashes) {
  EXPECT_THAT(command_words({"--json", "logs", "--", "-x"}).parsed(),
              ElementsAre("logs", "--json", "--", "-x"));
}

TEST(CommandWordsTest, TurnHelpIntoAFlag) {
  EXPECT_THAT(command_words({"help", "cache", "gc"}).parsed(), ElementsAre("cache", "gc", "--help"));
  EXPECT_THAT(command_words({"help"}).parsed(), ElementsAre("--help"));
}

TEST(CommandWordsTest, LeaveAFlagWithoutItsValueToTheParser) {
  const auto words = command_words({"--store"});
  EXPECT_EQ(words.command, "");
  EXPECT_THAT(words.parsed(), ElementsAre("--store"));
  EXPECT_THAT(command_words({}).parsed(), IsEmpty());
}

TEST(CommandWordsTest, FindPluginsWhereverTheyStand) {
  EXPECT_THAT(
      command_words({"--plugin", "a", "run", "--plugin=b", "--plugin", "c", "--", "--plugin", "d"}).plugins(),
      ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace mtc::cli
