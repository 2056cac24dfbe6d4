// SPDX-License-Identifier: Apache-2.0
//
// mtc lock, --locked and --frozen: what is pinned, what is refused, and how a difference is accepted.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kLocked = R"(mtc = 1
[model]
path = "m.onnx"
[data.rows]
format = "npy"
inputs = "rows.npy"
preprocess = "raw"
[stage.build]
uses = "compile"
target = "rows.any"
[stage.score]
uses = "evaluate.agreement"
artifact = "build.artifact"
baseline = "build.artifact"
data = "rows"
)";

class Lock : public testing::Test {
 protected:
  Lock() {
    box_.use_conformance_plugins();
    box_.write_npy("rows.npy", {8, 3});
    box_.write("m.onnx", "\x08\x08");  // A ModelProto that says only its IR version.
    box_.write("p.toml", kLocked);
    plugins_ = box_.copy_plugins().string();
  }
  Outcome mtc(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--plugin", plugins_});
    return box_.mtc(arguments);
  }
  Sandbox box_;
  std::string plugins_;
};

TEST_F(Lock, PinsWhatTheRunUses) {
  const auto written = mtc({"lock", "p.toml"});
  ASSERT_EQ(written.exit_code, 0) << written.err;
  const std::string text = read_file(box_ / "mtc.lock");
  EXPECT_THAT(text, HasSubstr("\"m.onnx\" = \"" + *digest_of_file(box_ / "m.onnx") + "\""));
  EXPECT_THAT(text, HasSubstr("\"rows.npy\" = \"" + *digest_of_file(box_ / "rows.npy") + "\""));
  EXPECT_THAT(text, HasSubstr(*digest_of_file(std::filesystem::path(plugins_) / "evaluate.so")));
  EXPECT_THAT(text, HasSubstr("[plugin.evaluate]"));
  EXPECT_THAT(text, HasSubstr("\"rows.any\" = "));
  EXPECT_THAT(text, Not(HasSubstr("[plugin.sparsify]")));
  const auto run = mtc({"run", "p.toml", "--locked"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(mtc({"plan", "p.toml", "--frozen"}).exit_code, 0);
  EXPECT_EQ(read_file(box_ / "mtc.lock"), text);
}

TEST_F(Lock, LockedWithoutALockFileIsRefused) {
  const auto run = mtc({"run", "p.toml", "--locked"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("there is no lock file"));
  EXPECT_THAT(run.err, HasSubstr("mtc lock p.toml"));
  EXPECT_TRUE(box_.stored().empty());
}

TEST_F(Lock, AChangedModelIsRefusedWarnedOfAndAccepted) {
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  const auto before = *digest_of_file(box_ / "m.onnx");
  box_.write("m.onnx", "\x08\x07");
  const auto now = *digest_of_file(box_ / "m.onnx");
  const std::string change = "model m.onnx: " + before.substr(0, 12) + " -> " + now.substr(0, 12);
  for (const char* command : {"run", "plan"}) {
    const auto refused = mtc({command, "p.toml", "--locked"});
    EXPECT_EQ(refused.exit_code, 2) << command;
    EXPECT_THAT(refused.err, HasSubstr(change));
    EXPECT_THAT(refused.err, HasSubstr("mtc lock p.toml"));
  }
  const auto warned = mtc({"run", "p.toml"});
  EXPECT_EQ(warned.exit_code, 0);
  EXPECT_THAT(warned.err, HasSubstr("warning: mtc.lock differs in 1 point: " + change));
  const auto checked = mtc({"lock", "p.toml", "--check", "--json"});
  EXPECT_EQ(checked.exit_code, 2);
  const auto json = checked.json();
  EXPECT_EQ(json["schema"], "mtc.lock/1");
  ASSERT_EQ(json["differences"].size(), 1U);
  EXPECT_EQ(json["differences"][0], Json({{"kind", "model"},
                                          {"name", "m.onnx"},
                                          {"old", {{"sha256", before}}},
                                          {"new", {{"sha256", now}}}}));
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  EXPECT_EQ(mtc({"lock", "p.toml", "--check"}).exit_code, 0);
  const auto run = mtc({"run", "p.toml", "--locked"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, Not(HasSubstr("warning")));
}

TEST_F(Lock, AnExchangedPluginOfTheSameVersionIsRefused) {
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  std::ofstream(std::filesystem::path(plugins_) / "evaluate.so", std::ios::app) << "x";
  const auto refused = mtc({"run", "p.toml", "--locked"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("plugin evaluate (linux-"));
}

TEST_F(Lock, AnotherPlatformsEntriesStay) {
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  std::string text = read_file(box_ / "mtc.lock");
  const std::string other = "sha256.plan9-mips = \"" + std::string(64, 'a') + "\"\n";
  const auto at = text.find("sha256.", text.find("[plugin.evaluate]"));
  const auto end = text.find('\n', at) + 1;
  box_.write("mtc.lock", text.substr(0, at) + other + text.substr(end));  // As if locked there alone.
  const auto refused = mtc({"run", "p.toml", "--locked"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("not in the lock file"));
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  EXPECT_THAT(read_file(box_ / "mtc.lock"), HasSubstr(other));
  EXPECT_EQ(mtc({"run", "p.toml", "--locked"}).exit_code, 0);
}

TEST_F(Lock, PipelinesOfAFolderShareTheFile) {
  box_.write("q.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2, stages = 2 }\n");
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  ASSERT_EQ(mtc({"lock", "q.toml"}).exit_code, 0);
  EXPECT_EQ(mtc({"run", "p.toml", "--locked"}).exit_code, 0);
  EXPECT_EQ(mtc({"run", "q.toml", "--locked"}).exit_code, 0);
}

TEST_F(Lock, FrozenLeavesTheRemoteCacheAlone) {
  ASSERT_EQ(mtc({"lock", "p.toml"}).exit_code, 0);
  const auto run =
      mtc({"run", "p.toml", "--frozen", "--remote", "http://127.0.0.1:9", "--remote-strict", "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("--frozen: the remote cache is not used"));
  EXPECT_FALSE(run.json().contains("remote"));
}

TEST_F(Lock, ADamagedLockFileIsAWarningOrAnError) {
  box_.write("mtc.lock", "lock = 1\n<<<<<<<\n");
  const auto run = mtc({"run", "p.toml"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("mtc.lock:2:"));
  EXPECT_EQ(mtc({"run", "p.toml", "--locked"}).exit_code, 2);
  EXPECT_EQ(mtc({"lock", "p.toml"}).exit_code, 2);
}

}  // namespace
}  // namespace mtc::test
