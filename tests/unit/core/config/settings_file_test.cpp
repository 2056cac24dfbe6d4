// SPDX-License-Identifier: Apache-2.0
#include "core/config/settings_file.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::config {
namespace {

using testing::HasSubstr;

const std::vector<KnownSetting>& known() {
  using Kind = KnownSetting::Kind;
  static const std::vector<KnownSetting> settings{{"store", Kind::path},  {"plugin", Kind::paths},
                                                  {"jobs", Kind::text},   {"keep-going", Kind::flag},
                                                  {"remote", Kind::text}, {"remote-read-only", Kind::flag}};
  return settings;
}

class SettingsFileTest : public testing::Test {
 protected:
  [[nodiscard]] Result<std::vector<Setting>> read(const std::string& text, bool project = false) const {
    return read_settings(dir_.write("s.toml", text), project, known());
  }
  [[nodiscard]] Json value(const std::string& text, const std::string& name) const {
    const auto settings = read(text);
    EXPECT_TRUE(settings) << settings.error().message;
    for (const auto& setting : *settings) {
      if (setting.name == name) return setting.value;
    }
    ADD_FAILURE() << "no " << name;
    return {};
  }
  [[nodiscard]] Error error(const std::string& text, bool project = false) const {
    const auto settings = read(text, project);
    if (!settings) return settings.error();
    ADD_FAILURE() << "it is read: " << text;
    return {};
  }
  [[nodiscard]] std::string at(const std::string& place) const {
    return (dir_ / "s.toml").string() + ":" + place;
  }
  test::TempDir dir_;
};

TEST_F(SettingsFileTest, ReadsValuesOfEveryKind) {
  EXPECT_EQ(value("jobs = 3\n", "jobs"), 3);
  EXPECT_EQ(value("keep-going = false\n", "keep-going"), false);
  EXPECT_EQ(value("store = \"cache\"\n", "store"), (dir_ / "cache").string());
  EXPECT_EQ(value("plugin = \"../p\"\n", "plugin"), Json({(dir_.path().parent_path() / "p").string()}));
  EXPECT_EQ(value("plugin = [\"/a\", \"b\"]\n", "plugin"), Json({"/a", (dir_ / "b").string()}));
}

TEST_F(SettingsFileTest, KnowsThePlaceOfEachValue) {
  const auto settings = read("\njobs = 3\n", true);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->front().place, at("2:1"));
  EXPECT_TRUE(settings->front().project);
}

TEST_F(SettingsFileTest, UnknownKeysAndWrongTypesAreErrors) {
  const auto unknown = error("jobs = 1\nkeep_going = true\n");
  EXPECT_EQ(unknown.where, at("2:1"));
  EXPECT_THAT(unknown.hint, HasSubstr("did you mean \"keep-going\"?"));
  EXPECT_THAT(error("keep-going = 1\n").message, HasSubstr("must be a bool"));
  EXPECT_THAT(error("jobs = true\n").message, HasSubstr("must be a string or a number"));
  EXPECT_THAT(error("[jobs]\n").message, HasSubstr("is a table"));
}

TEST_F(SettingsFileTest, AProjectMayNotNamePathsOutsideOfItself) {
  for (const char* text : {"plugin = \"/usr/lib\"\n", "plugin = [\"in\", \"../out\"]\n", "store = \"/tmp\"\n",
                           "plugin = \"link/p.so\"\n"}) {
    std::filesystem::remove(dir_ / "link");
    std::filesystem::create_directory_symlink("/usr/lib", dir_ / "link");
    const auto refused = error(text, true);
    EXPECT_THAT(refused.message, HasSubstr("outside of the project")) << text;
    EXPECT_EQ(refused.where, at("1:1"));
    EXPECT_TRUE(read(text, false)) << text;
  }
  EXPECT_TRUE(read("plugin = [\"in\", \"a/../b\"]\nstore = \"cache\"\n", true));
}

TEST_F(SettingsFileTest, AProjectsRemoteCacheIsOnlyReadFrom) {
  EXPECT_THAT(error("remote = \"http://x\"\n", true).message, HasSubstr("only to read from"));
  EXPECT_THAT(error("remote-read-only = false\n", true).message,
              HasSubstr("may not make a remote cache writable"));
  EXPECT_TRUE(read("remote = \"http://x\"\nremote-read-only = true\n", true));
  EXPECT_TRUE(read("remote = \"http://x\"\n", false));
}

TEST_F(SettingsFileTest, TheProjectsFileLiesBesideThePipelineAndCountsFirst) {
  dir_.write("home/mtc/config.toml", "jobs = 1\nkeep-going = true\n");
  dir_.write("project/.mtc.toml", "jobs = 2\n");
  ::setenv("XDG_CONFIG_HOME", (dir_ / "home").c_str(), 1);
  const auto settings = load_settings(dir_ / "project", known);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->find("jobs")->value, 2);
  EXPECT_TRUE(settings->find("jobs")->project);
  EXPECT_FALSE(settings->find("keep-going")->project);
  EXPECT_EQ(settings->find("store"), nullptr);
  EXPECT_EQ(settings->project_file, dir_ / "project/.mtc.toml");
  EXPECT_EQ(settings->user_file, dir_ / "home/mtc/config.toml");
  ::unsetenv("XDG_CONFIG_HOME");
}

TEST_F(SettingsFileTest, AFileThatEverybodyMayWriteIsNotRead) {
  const auto file = dir_.write("project/.mtc.toml", "jobs = 2\n");
  std::filesystem::permissions(file, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  const auto settings = load_settings(dir_ / "project", known);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->find("jobs"), nullptr);
  ASSERT_EQ(settings->warnings.size(), 1U);
  EXPECT_THAT(settings->warnings[0], HasSubstr("everybody may write to it"));
}

TEST_F(SettingsFileTest, AFileInAFolderThatEverybodyMayWriteIsNotRead) {
  dir_.write("project/.mtc.toml", "jobs = 2\n");
  std::filesystem::permissions(dir_ / "project", std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  const auto settings = load_settings(dir_ / "project", known);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->find("jobs"), nullptr) << "what it names may be anybody's";
  ASSERT_EQ(settings->warnings.size(), 1U);
  EXPECT_THAT(settings->warnings[0], HasSubstr("everybody may write to its folder"));
}

TEST_F(SettingsFileTest, ALinkThatAnotherUserMadeIsNotRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a link that belongs to another";
  const auto own = dir_.write("mine/settings.toml", "jobs = 2\n");
  std::filesystem::create_directory(dir_ / "project");
  std::filesystem::create_symlink(own, dir_ / "project/.mtc.toml");
  ASSERT_EQ(::lchown((dir_ / "project/.mtc.toml").c_str(), 65534, 65534), 0);
  const auto settings = load_settings(dir_ / "project", known);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->find("jobs"), nullptr);
  ASSERT_EQ(settings->warnings.size(), 1U);
  EXPECT_THAT(settings->warnings[0], HasSubstr("it belongs to another user"));
}

}  // namespace
}  // namespace mtc::config
