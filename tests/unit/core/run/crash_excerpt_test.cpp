// SPDX-License-Identifier: Apache-2.0
#include "core/run/crash_excerpt.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::run {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string numbered(const std::string& word, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += word + " " + std::to_string(i) + ".\n";
  return text;
}

TEST(CrashExcerptTest, KeepsTheSignalAndTheTopFramesOfALongBacktrace) {
  const auto excerpt = crash_excerpt(numbered("line", 40) +
                                     "mtc-worker: crashed: SIGSEGV at address 0x10 in a.b\nbacktrace:\n" +
                                     numbered("frame", 64));
  EXPECT_THAT(excerpt, HasSubstr("line 39.\nmtc-worker: crashed: SIGSEGV at address 0x10 in a.b\nbacktrace:\n"
                                 "frame 0.\nframe 1.\n"));
  EXPECT_THAT(excerpt, Not(HasSubstr("line 33.")));
  EXPECT_THAT(excerpt, HasSubstr("frame 11.\n… 52 more lines in the log"));
}

TEST(CrashExcerptTest, FindsTheSignalBehindTextWithoutALineFeed) {
  EXPECT_THAT(
      crash_excerpt("working...mtc-worker: crashed: SIGABRT in a.b\nbacktrace:\n" + numbered("f", 64)),
      HasSubstr("working...mtc-worker: crashed: SIGABRT in a.b"));
}

TEST(CrashExcerptTest, ShowsAShortLogWhole) {
  EXPECT_EQ(crash_excerpt("one\nmtc-worker: crashed: SIGFPE\nbacktrace:\nframe\n"),
            "one\nmtc-worker: crashed: SIGFPE\nbacktrace:\nframe");
}

TEST(CrashExcerptTest, ShowsTheLastLinesWhereNobodySaidWhy) {
  const auto excerpt = crash_excerpt(numbered("line", 40));
  EXPECT_THAT(excerpt, testing::StartsWith("line 20.\n"));
  EXPECT_THAT(excerpt, testing::EndsWith("line 39."));
  EXPECT_EQ(crash_excerpt(""), "");
}

}  // namespace
}  // namespace mtc::run
