// SPDX-License-Identifier: Apache-2.0
//
// What every script promises: it parses, explains itself, and refuses what it does not know.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::test {
namespace {

struct Ended {
  int exit_code = -1;
  std::string output;
};

/// Runs a shell command; stdout and stderr together.
Ended shell(const std::string& command) {
  Ended ended;
  std::FILE* pipe = popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return ended;
  std::array<char, 4096> buffer;
  for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;) {
    ended.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

class ScriptTest : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] static std::string path() { return std::string(MTC_SOURCE_DIR "/").append(GetParam()); }
};

TEST_P(ScriptTest, is_valid_bash_and_executable) {
  const auto checked = shell(std::string("bash -n '").append(path()).append("'"));
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
  EXPECT_NE(std::filesystem::status(path()).permissions() & std::filesystem::perms::owner_exec,
            std::filesystem::perms::none);
}

TEST_P(ScriptTest, explains_itself_and_does_nothing_else) {
  const auto help = shell(std::string("'").append(path()).append("' --help"));
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, testing::StartsWith(std::string("Usage: ").append(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(all, ScriptTest,
                         testing::Values("scripts/setup", "scripts/build", "scripts/demo", "scripts/test",
                                         ".ci/run"),
                         [](const auto& script) {
                           const std::string path = script.param;
                           return path.substr(path.find('/') + 1);
                         });

TEST(Scripts, refuse_an_unknown_option_before_they_do_anything) {
  for (const char* script : {"scripts/setup", "scripts/build", "scripts/test", ".ci/run"}) {
    const auto refused = shell(std::string("'" MTC_SOURCE_DIR "/").append(script).append("' --unknown"));
    EXPECT_EQ(refused.exit_code, 2) << script;
    EXPECT_THAT(refused.output, testing::HasSubstr("Usage: ")) << script;
  }
}

}  // namespace
}  // namespace mtc::test
