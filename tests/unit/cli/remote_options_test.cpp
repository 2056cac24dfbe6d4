// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/remote_options.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace mtc::cli {
namespace {

class RemoteOptionsTest : public testing::Test {
 protected:
  ~RemoteOptionsTest() override {
    for (const char* name : {"MTC_REMOTE", "MTC_REMOTE_READ_ONLY", "MTC_REMOTE_TOKEN", "MTC_REMOTE_TIMEOUT"})
      ::unsetenv(name);
  }
  static remote::Options parse(std::vector<std::string> arguments) {
    CLI::App app;
    remote::Options options;
    add_remote_options(app, options);
    app.parse(std::move(arguments));
    return options;
  }
};

TEST_F(RemoteOptionsTest, AFlagWinsOverTheEnvironment) {
  ::setenv("MTC_REMOTE", "http://environment", 1);
  ::setenv("MTC_REMOTE_READ_ONLY", "1", 1);
  EXPECT_EQ(parse({}).url, "http://environment");
  EXPECT_TRUE(parse({}).read_only);
  EXPECT_FALSE(parse({}).strict);
  EXPECT_EQ(parse({"http://flag", "--remote"}).url, "http://flag");  // CLI11 takes words from the back.
}

TEST_F(RemoteOptionsTest, TheTokenIsNotLeftForWorkersToInherit) {
  ::setenv("MTC_REMOTE_TOKEN", "secret", 1);
  const auto options = complete_remote_options({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->token, "secret");
  EXPECT_EQ(std::getenv("MTC_REMOTE_TOKEN"), nullptr);
}

TEST_F(RemoteOptionsTest, TheTimeLimitIsANumberAboveZero) {
  for (const char* text : {"soon", "0", "-1", "1 s"}) {
    ::setenv("MTC_REMOTE_TIMEOUT", text, 1);
    EXPECT_FALSE(complete_remote_options({})) << text;
  }
  ::setenv("MTC_REMOTE_TIMEOUT", "2.5", 1);
  EXPECT_EQ(complete_remote_options({})->timeout_s, 2.5);
}

}  // namespace
}  // namespace mtc::cli
