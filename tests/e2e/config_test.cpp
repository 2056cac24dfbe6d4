// SPDX-License-Identifier: Apache-2.0
//
// Settings of files, their order of precedence, and mtc config show.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Config : public testing::Test {
 protected:
  /// {value, kind of origin, where} of a setting, as config show sees it.
  Json shown(const std::string& name, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"config", "show", "--json"});
    const auto outcome = box_.mtc(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto report = outcome.json();
    EXPECT_EQ(report["schema"], "mtc.config/1");
    for (const auto& setting : report["settings"]) {
      if (setting["name"] == name)
        return {setting["value"], setting["origin"]["kind"], setting["origin"]["where"]};
    }
    ADD_FAILURE() << "no setting " << name;
    return {};
  }
  void user(const std::string& text) const { box_.write("home/.config/mtc/config.toml", text); }
  void project(const std::string& text) const { box_.write(".mtc.toml", text); }
  [[nodiscard]] std::string at(const std::string& file, const std::string& place) const {
    return (box_ / file).string() + ":" + place;
  }
  Sandbox box_;
};

TEST_F(Config, CommandLineBeatsEnvironmentBeatsProjectBeatsUserBeatsBuiltIn) {
  EXPECT_EQ(shown("remote"), Json({nullptr, "default", ""}));
  user("jobs = 1\nremote = \"http://user\"\n");
  EXPECT_EQ(shown("remote"), Json({"http://user", "user", at("home/.config/mtc/config.toml", "2:1")}));
  project("# ours\nremote = \"http://project\"\nremote-read-only = true\n");
  EXPECT_EQ(shown("remote"), Json({"http://project", "project", at(".mtc.toml", "2:1")}));
  EXPECT_EQ(shown("jobs"), Json({1, "user", at("home/.config/mtc/config.toml", "1:1")}));
  box_.set("MTC_REMOTE", "http://environment");
  EXPECT_EQ(shown("remote"), Json({"http://environment", "environment", "MTC_REMOTE"}));
  EXPECT_EQ(shown("remote", {"--remote", "http://flag"}), Json({"http://flag", "flag", "--remote"}));
  EXPECT_EQ(shown("jobs", {"-j", "7"}), Json({7, "flag", "--jobs"}));
  EXPECT_EQ(shown("stall-timeout"), Json({600, "default", ""}));
}

TEST_F(Config, TheStoreOfTheProjectIsUsedUnlessTheEnvironmentNamesOne) {
  project("store = \"cache\"\n");
  EXPECT_EQ(shown("store")[1], "environment");  // The sandbox sets MTC_STORE.
  box_.set("MTC_STORE", "");
  EXPECT_EQ(shown("store"), Json({(box_ / "cache").string(), "project", at(".mtc.toml", "1:1")}));
  EXPECT_EQ(box_.mtc({"cache", "stats"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box_ / "cache"));
  EXPECT_EQ(box_.mtc({"cache", "stats", "--store", "other"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box_ / "other"));
}

TEST_F(Config, ARunObeysTheFiles) {
  user("lock-timeout = 5\n");
  project("locked = true\n");
  box_.write("p.toml", kSmallPipeline);
  const auto refused = box_.mtc({"run", "p.toml"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("there is no lock file"));
  EXPECT_EQ(box_.mtc({"plan", "p.toml", "--locked=false"}).exit_code, 0);
}

TEST_F(Config, ThePipelinesFolderHasTheProjectFile) {
  box_.write("sub/p.toml", kSmallPipeline);
  box_.write("sub/.mtc.toml", "jobs = 5\n");
  project("jobs = 6\n");
  EXPECT_EQ(shown("jobs")[0], 6);
  EXPECT_EQ(shown("jobs", {"sub/p.toml"}), Json({5, "project", "sub/.mtc.toml:1:1"}));
}

TEST_F(Config, PluginsOfAFileAreFoundAlsoByVerbs) {
  const auto plugins = box_.copy_plugins();
  project("plugin = \"plugins\"\n");
  const auto list = box_.mtc({"plugin", "list", "--json"}).json();
  ASSERT_FALSE(list["plugins"].empty());
  EXPECT_THAT(list.dump(), HasSubstr((plugins / "init.so").string()));
  EXPECT_EQ(box_.mtc({"train.init", "--help"}).exit_code, 0);
}

TEST_F(Config, AMissingPluginIsOneWarning) {
  project("plugin = \"none.so\"\n");
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"plugin", "list"}, {"train.init", "--width", "2", "--stages", "2", "-o", "m.onnx"}}) {
    const auto outcome = box_.mtc(command);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto first = outcome.err.find("there is no plugin or folder");
    EXPECT_NE(first, std::string::npos) << command.front();
    EXPECT_EQ(outcome.err.find("there is no plugin or folder", first + 1), std::string::npos) << outcome.err;
  }
}

TEST_F(Config, MistakesInAFileStopEveryCommandWithTheirPlace) {
  project("\njbos = 3\n");
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"plugin", "list"}, {"config", "show"}, {"train.init", "-o", "m.onnx"}}) {
    const auto outcome = box_.mtc(command);
    EXPECT_EQ(outcome.exit_code, 2) << command.front();
    EXPECT_THAT(outcome.err, HasSubstr(at(".mtc.toml", "2:1")));
    EXPECT_THAT(outcome.err, HasSubstr("did you mean \"jobs\"?"));
  }
  project("jobs = 0\n");
  const auto outcome = box_.mtc({"config", "show"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr(at(".mtc.toml", "1:1")));
}

TEST_F(Config, WhatCouldHurtIsRefusedInAProject) {
  for (const char* text : {"plugin = \"/usr/lib\"\n", "store = \"../x\"\n", "remote = \"http://x\"\n",
                           "remote-read-only = false\n", "events = \"x\"\n"}) {
    project(text);
    EXPECT_EQ(box_.mtc({"plugin", "list"}).exit_code, 2) << text;
  }
}

TEST_F(Config, ATokenIsNotSentWhereAProjectSays) {
  project("remote = \"http://user:secret@127.0.0.1:9/x\"\nremote-read-only = true\n");
  box_.set("MTC_REMOTE_TOKEN", "hidden");
  const auto outcome = box_.mtc({"config", "show"});
  EXPECT_THAT(outcome.err, HasSubstr("MTC_REMOTE_TOKEN is not sent"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("hidden")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("secret")));
  EXPECT_THAT(outcome.out, HasSubstr("http://***@127.0.0.1:9/x"));
  std::filesystem::remove(box_ / ".mtc.toml");
  EXPECT_THAT(box_.mtc({"config", "show"}).out, HasSubstr("remote-token = \"***\""));
}

TEST_F(Config, ShowsTheDocumentWithTheOriginOfEachValue) {
  box_.write("base.toml",
             "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2, stages = 2 }\n"
             "[profile.quick.stage.init.with]\nstages = 1\n");
  box_.write("p.toml", "mtc = 1\ninclude = [\"base.toml\"]\n[stage.init.with]\nwidth = 4\n");
  const auto text = box_.mtc(
      {"config", "show", "p.toml", "--origin", "--profile", "quick", "-D", "stage.init.with.seed=3"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, testing::ContainsRegex("stage.init.uses = \"train.init\" +# base.toml:3:1"));
  EXPECT_THAT(text.out, testing::ContainsRegex("stage.init.with.width = 4 +# p.toml:4:1"));
  EXPECT_THAT(text.out, testing::ContainsRegex("stage.init.with.stages = 1 +# base.toml:6:1"));
  EXPECT_THAT(text.out, testing::ContainsRegex("stage.init.with.seed = 3 +# -D stage.init.with.seed"));
  EXPECT_THAT(text.out, Not(HasSubstr("profile")));
  const auto json = box_.mtc({"config", "show", "p.toml", "--json"}).json();
  EXPECT_EQ(json["document"].back()["key"], "stage.init.with.stages");
  EXPECT_EQ(json["document"].back()["value"], 2);
  EXPECT_EQ(json["document"].back()["origin"], Json({{"kind", "file"}, {"where", "base.toml:4:21"}}));
}

TEST_F(Config, TheSettingsAreASettingsFileAgain) {
  const auto first = box_.mtc({"config", "show", "--origin", "-j", "3"});
  user(first.out);
  const auto second = box_.mtc({"config", "show"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(shown("jobs")[1], "user");
}

TEST_F(Config, AnIncludedFilesErrorNamesThatFile) {
  box_.write("sub/base.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { widht = 2 }\n");
  box_.write("p.toml", "mtc = 1\ninclude = [\"sub/base.toml\"]\n");
  const auto outcome = box_.mtc({"run", "p.toml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("sub/base.toml:4:10"));
  EXPECT_THAT(outcome.err, HasSubstr("'width'"));
}

}  // namespace
}  // namespace mtc::test
