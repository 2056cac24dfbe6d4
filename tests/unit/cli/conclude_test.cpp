// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/conclude.hpp"

#include <new>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.hpp"

namespace mtc::cli {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

TEST(GuardedTest, MakesAnExceptionABugInMtc) {
  CaptureStderr();
  EXPECT_EQ(guarded({}, []() -> int { throw std::logic_error("a map lacks a key"); }), 70);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("a bug in mtc: a map lacks a key"));
}

TEST(GuardedTest, PassesExitCodesOn) {
  EXPECT_EQ(guarded({}, [] { return 4; }), 4);
}

TEST(ConcludeTest, PrintsAnErrorAsADocumentWhereJsonIsAskedFor) {
  Globals globals;
  globals.json = true;
  CaptureStderr();
  CaptureStdout();
  EXPECT_EQ(conclude(globals, Error{Code::not_found, "no such model", "p.toml:2:1", "check the path"}), 2);
  const auto document = Json::parse(GetCapturedStdout());
  EXPECT_EQ(GetCapturedStderr(), "error: no such model\n  at p.toml:2:1\n  hint: check the path\n");
  EXPECT_EQ(document["schema"], "mtc.error/1");
  EXPECT_EQ(document["exit_code"], 2);
  EXPECT_EQ(document["error"]["code"], "not_found");
  EXPECT_EQ(document["error"]["where"], "p.toml:2:1");
}

TEST(ConcludeTest, PrintsNothingOnStdoutElse) {
  CaptureStderr();
  CaptureStdout();
  EXPECT_EQ(conclude({}, Error{Code::unavailable, "no store", {}, {}}), 7);
  EXPECT_EQ(GetCapturedStdout(), "");
  GetCapturedStderr();
}

TEST(WantsJsonTest, LooksNoFurtherThanTwoDashes) {
  EXPECT_TRUE(wants_json({"run", "p.toml", "--json"}));
  EXPECT_FALSE(wants_json({"run", "--", "--json"}));
}

}  // namespace
}  // namespace mtc::cli
