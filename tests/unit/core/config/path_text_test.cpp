// SPDX-License-Identifier: Apache-2.0
#include "core/config/path_text.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace mtc::config {
namespace {

class PathTextTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("MTC_PATH_TEXT_SET", "/data", 1);
    ::setenv("MTC_PATH_TEXT_EMPTY", "", 1);
    ::unsetenv("MTC_PATH_TEXT_UNSET");
  }
  static std::string expanded(const std::string& text) {
    const auto result = expand_variables(text, "p.toml:3:1");
    return result ? *result : result.error().where + ": " + result.error().message;
  }
};

TEST_F(PathTextTest, ReplacesVariables) {
  EXPECT_EQ(expanded("${MTC_PATH_TEXT_SET}/x.onnx"), "/data/x.onnx");
  EXPECT_EQ(expanded("a/${MTC_PATH_TEXT_SET}${MTC_PATH_TEXT_SET}"), "a//data/data");
}

TEST_F(PathTextTest, TakesTheDefaultOfAnUnsetOrEmptyVariable) {
  EXPECT_EQ(expanded("${MTC_PATH_TEXT_UNSET:-../data}/x"), "../data/x");
  EXPECT_EQ(expanded("${MTC_PATH_TEXT_EMPTY:-d}"), "d");
  EXPECT_EQ(expanded("${MTC_PATH_TEXT_SET:-d}"), "/data");
  EXPECT_EQ(expanded("x${MTC_PATH_TEXT_UNSET:-}y"), "xy");
}

TEST_F(PathTextTest, LeavesALoneDollar) { EXPECT_EQ(expanded("a$b$"), "a$b$"); }

TEST_F(PathTextTest, NamesTheVariableThatIsNotSet) {
  const auto result = expand_variables("${MTC_PATH_TEXT_UNSET}/x", "p.toml:3:1");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the environment variable MTC_PATH_TEXT_UNSET is not set");
  EXPECT_EQ(result.error().where, "p.toml:3:1");
  EXPECT_EQ(result.error().hint, "set MTC_PATH_TEXT_UNSET, or write ${MTC_PATH_TEXT_UNSET:-default}");
}

TEST_F(PathTextTest, RefusesWhatIsNoVariable) {
  EXPECT_EQ(expanded("${OPEN"), "p.toml:3:1: \"${OPEN\" opens ${ and does not close it");
  EXPECT_EQ(expanded("${9A}"), "p.toml:3:1: ${9A} does not name an environment variable");
  EXPECT_EQ(expanded("${}"), "p.toml:3:1: ${} does not name an environment variable");
}

TEST_F(PathTextTest, CountsRelativePathsFromTheFolder) {
  EXPECT_EQ(*resolve_path("../x/./y.npy", "/a/b", ""), "/a/x/y.npy");
  EXPECT_EQ(*resolve_path("${MTC_PATH_TEXT_SET}/y.npy", "/a/b", ""), "/data/y.npy");
  EXPECT_FALSE(resolve_path("${MTC_PATH_TEXT_EMPTY}", "/a/b", ""));
}

}  // namespace
}  // namespace mtc::config
