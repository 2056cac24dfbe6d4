// SPDX-License-Identifier: Apache-2.0
#include "core/run/dependencies.hpp"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::run {
namespace {

using testing::HasSubstr;

/// An environment variable for the time of one test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    had_ = before != nullptr;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { had_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
  bool had_ = false;
};

class FindDependencyTest : public testing::Test {
 protected:
  FindDependencyTest() {
    plugin_.file = folder_ / "lib/plugins/p.so";
    plugin_.manifest.id = "p";
  }
  Result<FoundDependency> find(const std::string& name, bool tool = false) {
    return find_dependency({name, tool}, plugin_, store_);
  }
  static constexpr const char* kLibrary = "libmtc-fake.so.1";
  test::TempDir folder_;
  plugin::Plugin plugin_;
  store::Store store_ = *store::Store::open(folder_ / "store");
};

TEST_F(FindDependencyTest, ALibraryLiesBesideThePlugin) {
  const auto file = folder_.write(std::string("lib/plugins/") + kLibrary, "code");
  const auto found = find(kLibrary);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, file);
  EXPECT_EQ(found->identity, digest_of("code"));
}

TEST_F(FindDependencyTest, OrInTheFolderLibrariesNextToThePlugins) {
  std::filesystem::create_directories(folder_ / "lib/plugins");
  const auto file = folder_.write(std::string("lib/libraries/") + kLibrary, "code");
  const auto found = find(kLibrary);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, file);
}

TEST_F(FindDependencyTest, TheVariableGoesBeforeAllOtherPlaces) {
  folder_.write(std::string("lib/plugins/") + kLibrary, "code");
  const auto file = folder_.write("mine/any.so", "other code");
  const Variable variable("MTC_MTC_FAKE", file.string());
  const auto found = find(kLibrary);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, file);
  EXPECT_EQ(found->identity, digest_of("other code"));
}

TEST_F(FindDependencyTest, AVariableThatNamesNoFileIsAnError) {
  folder_.write(std::string("lib/plugins/") + kLibrary, "code");
  const Variable variable("MTC_MTC_FAKE", "/nonexistent");
  const auto found = find(kLibrary);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "MTC_MTC_FAKE names '/nonexistent', which is not a file");
}

TEST_F(FindDependencyTest, LdLibraryPathGoesBeforeThePluginsFolder) {
  folder_.write(std::string("lib/plugins/") + kLibrary, "code");
  const auto file = folder_.write(std::string("path/") + kLibrary, "path code");
  const Variable variable("LD_LIBRARY_PATH", (folder_ / "path").string());
  const auto found = find(kLibrary);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, file);
}

TEST_F(FindDependencyTest, SaysHowToGetALibraryThatIsMissing) {
  const auto found = find(kLibrary);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::failed_precondition);
  EXPECT_EQ(found.error().message, "the library libmtc-fake.so.1 of plugin p was not found");
  EXPECT_THAT(found.error().hint, HasSubstr("MTC_MTC_FAKE"));
}

TEST_F(FindDependencyTest, AToolIsItsContentAndItsVersion) {
  const std::string script = "#!/bin/sh\necho fake 1.0\n";
  const auto tool = folder_.write("bin/mtc-fake-tool", script);
  std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
  const Variable variable("PATH", (folder_ / "bin").string() + ":/usr/bin:/bin");
  for (int i = 0; i < 2; ++i) {  // The second time from what is kept.
    const auto found = find("mtc-fake-tool", true);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->path, tool);
    EXPECT_EQ(found->identity, digest_of(script) + " " + digest_of("fake 1.0\n"));
  }
}

TEST_F(FindDependencyTest, SaysThatAToolIsNotOnPath) {
  const auto found = find("mtc-no-such-tool", true);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "the tool mtc-no-such-tool of plugin p is not on PATH");
}

}  // namespace
}  // namespace mtc::run
