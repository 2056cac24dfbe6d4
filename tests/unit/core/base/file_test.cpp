// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

namespace fs = std::filesystem;

/// Fails chosen calls with chosen errors, writes three bytes at a time, and never shares blocks.
class FaultyFileSystem : public FileSystem {
 public:
  int write_errno = 0;
  int fsync_errno = 0;
  int rename_errno = 0;
  int exchange_errno = 0;
  bool names_only = false;  ///< Files without a name cannot be made.
  std::size_t writes = 0;
  std::size_t fsyncs = 0;

  int open(const char* path, int flags, mode_t mode) override {
    if (names_only && (flags & O_TMPFILE) == O_TMPFILE) return fail(EOPNOTSUPP);
    return FileSystem::open(path, flags, mode);
  }
  ssize_t write(int descriptor, const void* data, std::size_t size) override {
    ++writes;
    if (write_errno != 0 && writes > 1) return fail(write_errno);
    return FileSystem::write(descriptor, data, std::min<std::size_t>(size, 3));
  }
  int fsync(int descriptor) override {
    ++fsyncs;
    return fsync_errno != 0 ? fail(fsync_errno) : FileSystem::fsync(descriptor);
  }
  int rename(const char* from, const char* to) override {
    return rename_errno != 0 ? fail(rename_errno) : FileSystem::rename(from, to);
  }
  int exchange(const char* a, const char* b) override {
    return exchange_errno != 0 ? fail(exchange_errno) : FileSystem::exchange(a, b);
  }
  int clone(int /*from*/, int /*to*/) override { return fail(EOPNOTSUPP); }

 private:
  static int fail(int number) {
    errno = number;
    return -1;
  }
};

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

mode_t mode_of(const fs::path& file) {
  struct stat status {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0);
  return status.st_mode & 0777U;
}

TEST(FileTest, ReadsAWholeFileBinaryOrEmptyOrFromProc) {
  const test::TempDir folder;
  const std::string content("a\0b\nc", 5);
  EXPECT_EQ(*read_file(folder.write("x", content)), content);
  EXPECT_EQ(*read_file(folder.write("empty", "")), "");
  EXPECT_NE(read_file("/proc/self/status")->find("Pid:"), std::string::npos);
}

TEST(FileTest, ReadingIsBounded) {
  const test::TempDir folder;
  const auto file = folder.write("x", "12345");
  EXPECT_TRUE(read_file(file, 5));
  ASSERT_FALSE(read_file(file, 4));
  EXPECT_EQ(read_file(file, 4).error().code, Code::out_of_range);
}

TEST(FileTest, AtomicWriteReplacesContentAndMode) {
  const test::TempDir folder;
  const auto file = folder.write("x", "old");
  ASSERT_TRUE(write_file_atomic(file, "new", 0444));
  EXPECT_EQ(test::read_file(file), "new");
  EXPECT_EQ(mode_of(file), 0444U);
  EXPECT_EQ(entries_in(folder.path()), 1U);
}

TEST(FileTest, ReplacingAFileLeavesItsNeighboursAlone) {
  const test::TempDir dir;
  const auto file = dir.write("report.json", "old");
  const std::vector<std::string> names = {"report.json.tmpl", "report.json.tmp", "report.json.tmp.bak",
                                          "report.json.tmp12", "report.json.tmp1-2.txt"};
  for (const auto& name : names) dir.write(name, "the user's");
  dir.write("report.json.tmp123-456", "of a killed writer");
  ASSERT_TRUE(write_file_atomic(file, "new"));
  for (const auto& name : names) EXPECT_TRUE(fs::exists(dir / name)) << name;
  EXPECT_FALSE(fs::exists(dir / "report.json.tmp123-456"));
}

TEST(FileTest, AFileThatIsBeingWrittenHasNoName) {
  const test::TempDir folder;
  class LookingFileSystem : public FileSystem {
   public:
    fs::path folder;
    std::size_t seen = 0;
    bool nameless = true;
    int open(const char* path, int flags, mode_t mode) override {
      const int descriptor = FileSystem::open(path, flags, mode);
      if ((flags & O_TMPFILE) == O_TMPFILE) nameless = descriptor >= 0;
      return descriptor;
    }
    ssize_t write(int descriptor, const void* data, std::size_t size) override {
      seen = entries_in(folder);
      return FileSystem::write(descriptor, data, size);
    }
  } looking;
  looking.folder = folder.path();
  ASSERT_TRUE(write_file_atomic(folder / "x", "content", 0644, looking));
  if (!looking.nameless) GTEST_SKIP() << "this file system knows no files without a name";
  EXPECT_EQ(looking.seen, 0U);
  EXPECT_EQ(entries_in(folder.path()), 1U);
}

TEST(FileTest, AFileSystemWithoutNamelessFilesIsWrittenToAllTheSame) {
  const test::TempDir folder;
  FaultyFileSystem faulty;
  faulty.names_only = true;
  ASSERT_TRUE(write_file_atomic(folder / "x", "content", 0444, faulty));
  EXPECT_EQ(test::read_file(folder / "x"), "content");
  faulty.rename_errno = EACCES;
  EXPECT_FALSE(write_file_atomic(folder / "x", "new", 0644, faulty));
  EXPECT_EQ(test::read_file(folder / "x"), "content");
  EXPECT_EQ(entries_in(folder.path()), 1U);
}

TEST(FileTest, ShortWritesAreContinued) {
  const test::TempDir folder;
  FaultyFileSystem faulty;
  ASSERT_TRUE(write_file_atomic(folder / "x", "0123456789", 0644, faulty));
  EXPECT_EQ(test::read_file(folder / "x"), "0123456789");
  EXPECT_EQ(faulty.writes, 4U);
}

TEST(FileTest, AFullDiskLeavesTheOldFileAndNoLitter) {
  const test::TempDir folder;
  const auto file = folder.write("x", "old content");
  FaultyFileSystem faulty;
  faulty.write_errno = ENOSPC;
  const auto written = write_file_atomic(file, "new content", 0644, faulty);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::resource_exhausted);
  EXPECT_NE(written.error().message.find("No space left"), std::string::npos);
  EXPECT_EQ(written.error().where, file.string());
  EXPECT_FALSE(written.error().hint.empty());
  EXPECT_EQ(test::read_file(file), "old content");
  EXPECT_EQ(entries_in(folder.path()), 1U);
}

TEST(FileTest, AFailingFsyncOrRenamePublishesNothing) {
  const test::TempDir folder;
  FaultyFileSystem faulty;
  faulty.fsync_errno = EIO;
  const auto unsynced = write_file_atomic(folder / "x", "new", 0644, faulty, Outlasts::power_cut);
  ASSERT_FALSE(unsynced);
  EXPECT_EQ(unsynced.error().code, Code::data_loss);
  EXPECT_EQ(entries_in(folder.path()), 0U);
  faulty.fsync_errno = 0;
  faulty.rename_errno = EACCES;
  folder.write("x", "old");
  const auto unnamed = write_file_atomic(folder / "x", "new", 0644, faulty);
  ASSERT_FALSE(unnamed);
  EXPECT_EQ(unnamed.error().code, Code::permission_denied);
  EXPECT_EQ(test::read_file(folder / "x"), "old");
  EXPECT_EQ(entries_in(folder.path()), 1U);
}

TEST(FileTest, OnlyWhatMustOutlastAPowerCutIsSynced) {
  const test::TempDir folder;
  FaultyFileSystem counting;
  ASSERT_TRUE(write_file_atomic(folder / "x", "new", 0644, counting));
  EXPECT_EQ(counting.fsyncs, 0U);
  ASSERT_TRUE(write_file_atomic(folder / "x", "newer", 0644, counting, Outlasts::power_cut));
  EXPECT_EQ(counting.fsyncs, 2U);  // The file and its folder.
}

TEST(FileTest, ExchangedPathsChangePlaces) {
  const test::TempDir folder;
  folder.write("a/x", "1");
  folder.write("b/y", "2");
  const auto exchanged = exchange_paths(folder / "a", folder / "b");
  ASSERT_TRUE(exchanged);
  if (!*exchanged) GTEST_SKIP() << "this file system cannot exchange";
  EXPECT_TRUE(fs::exists(folder / "a/y"));
  EXPECT_TRUE(fs::exists(folder / "b/x"));
}

TEST(FileTest, AFileSystemThatCannotExchangeIsNoError) {
  const test::TempDir folder;
  folder.write("a/x", "1");
  folder.write("b/y", "2");
  FaultyFileSystem faulty;
  faulty.exchange_errno = EINVAL;
  const auto exchanged = exchange_paths(folder / "a", folder / "b", faulty);
  ASSERT_TRUE(exchanged);
  EXPECT_FALSE(*exchanged);
  EXPECT_TRUE(fs::exists(folder / "a/x"));
  faulty.exchange_errno = EACCES;
  EXPECT_EQ(exchange_paths(folder / "a", folder / "b", faulty).error().code, Code::permission_denied);
}

TEST(FileTest, CloneCopiesWhereBlocksCannotBeShared) {
  const test::TempDir folder;
  const auto from = folder.write("from", "payload");
  FaultyFileSystem faulty;
  ASSERT_TRUE(clone_file(from, folder / "to", 0755, faulty));
  EXPECT_EQ(test::read_file(folder / "to"), "payload");
  EXPECT_EQ(mode_of(folder / "to"), 0755U);
}

TEST(FileTest, ACloneIsIndependentOfItsSource) {
  const test::TempDir folder;
  const auto from = folder.write("from", "payload");
  ASSERT_TRUE(clone_file(from, folder / "to", 0644));
  folder.write("from", "changed");
  EXPECT_EQ(test::read_file(folder / "to"), "payload");
}

TEST(FileTest, RemoveTreeTakesReadOnlyFoldersAndLeavesLinkTargets) {
  const test::TempDir folder;
  const auto kept = folder.write("kept/file", "x");
  folder.write("tree/a/b", "x");
  fs::create_directory_symlink(folder / "kept", folder / "tree/link");
  fs::permissions(folder / "tree/a", fs::perms::owner_read | fs::perms::owner_exec);
  ASSERT_TRUE(remove_tree(folder / "tree"));
  EXPECT_FALSE(fs::exists(folder / "tree"));
  EXPECT_TRUE(fs::exists(kept));
  EXPECT_TRUE(remove_tree(folder / "tree"));  // Gone already.
}

TEST(FileTest, MakeDirectoriesSaysWhatIsInTheWay) {
  const test::TempDir folder;
  ASSERT_TRUE(make_directories(folder / "a/b/c"));
  ASSERT_TRUE(make_directories(folder / "a/b/c"));
  folder.write("file", "");
  const auto made = make_directories(folder / "file/x");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().where, (folder / "file/x").string());
}

TEST(FileTest, BytesUnderCountsHardLinksOnce) {
  const test::TempDir folder;
  const auto file = folder.write("a/x", "12345");
  folder.write("b/y", "123");
  fs::create_hard_link(file, folder / "b/z");
  EXPECT_EQ(*bytes_under(folder.path()), 8U);
  EXPECT_EQ(*bytes_under(folder / "absent"), 0U);
}

TEST(FileTest, AFdClosesWhatItHolds) {
  const test::TempDir folder;
  int number = -1;
  {
    const Fd fd(FileSystem::real().open((folder / "x").c_str(), O_CREAT | O_RDWR, 0644));
    number = fd.get();
    ASSERT_GE(number, 0);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);  // NOLINT: variadic by POSIX
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace mtc
