// SPDX-License-Identifier: Apache-2.0
#include "core/run/output_folder.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::run {
namespace {

using testing::HasSubstr;

constexpr const char* kElsewhere = "choose another folder with --out";

TEST(FileNameTest, KeepsLettersDigitsAndTheSignsOfVariants) {
  EXPECT_EQ(file_name("build[target=cpu.x86-64-v3,level=2]"), "build[target=cpu.x86-64-v3,level=2]");
}

TEST(FileNameTest, ReplacesTheRestAndAddsTheDigestOfTheText) {
  EXPECT_EQ(file_name("a/b c:\"d\"\n"), "a_b_c__d__-" + digest_of("a/b c:\"d\"\n").substr(0, 8));
  EXPECT_NE(file_name("pattern=2:4"), file_name("pattern=2/4"));
  EXPECT_EQ(file_name("pattern=2:4"), file_name("pattern=2:4"));
}

TEST(FileNameTest, ShortensWhatNoFileSystemTakes) {
  const std::string text(5000, 'x');
  EXPECT_LT(file_name(text).size(), 255U);
  EXPECT_NE(file_name(text), file_name(text + "x"));
}

TEST(OutputFolderTest, NamesStageAndAxes) {
  pipeline::Variant variant;
  variant.stage = "a";
  variant.axes = {{"level", "3", "a"}, {"mode", "x", "b"}};
  EXPECT_EQ(output_folder("/out", variant), "/out/a/level=3/mode=x");
}

TEST(CheckCanWriteTest, AcceptsAFolderThatIsThereOrCanBeMade) {
  const test::TempDir folder;
  EXPECT_TRUE(check_can_write(folder.path(), kElsewhere));
  EXPECT_TRUE(check_can_write(folder / "not/yet/there", kElsewhere));
  EXPECT_FALSE(std::filesystem::exists(folder / "not"));
}

TEST(CheckCanWriteTest, NamesTheFileThatIsInTheWay) {
  const test::TempDir folder;
  folder.write("file", "mine");
  for (const char* below : {"file", "file/out", "file/out/stage"}) {
    const auto checked = check_can_write(folder / below, kElsewhere);
    ASSERT_FALSE(checked) << below;
    EXPECT_EQ(checked.error().code, Code::invalid_argument);
    EXPECT_THAT(checked.error().message, HasSubstr((folder / "file").string() + "' is a file, not a folder"));
    EXPECT_THAT(checked.error().hint, HasSubstr(kElsewhere));
  }
}

TEST(CheckCanWriteTest, RefusesAFolderWithoutPermission) {
  const test::TempDir folder;
  std::filesystem::create_directory(folder / "closed");
  ::chmod((folder / "closed").c_str(), 0555);
  if (::access((folder / "closed").c_str(), W_OK) == 0) GTEST_SKIP() << "this user may write everywhere";
  const auto checked = check_can_write(folder / "closed/out", kElsewhere);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("closed': Permission denied"));
}

TEST(CheckCanWriteTest, RefusesAReadOnlyFileSystem) {
  for (const char* mount : {"/sys", "/proc/sys", "/usr"}) {
    struct statvfs status {};
    if (::statvfs(mount, &status) != 0 || (status.f_flag & ST_RDONLY) == 0) continue;
    const auto checked = check_can_write(std::filesystem::path(mount) / "out", kElsewhere);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message, HasSubstr("Read-only file system"));
    return;
  }
  GTEST_SKIP() << "nothing is mounted read-only here";
}

}  // namespace
}  // namespace mtc::run
