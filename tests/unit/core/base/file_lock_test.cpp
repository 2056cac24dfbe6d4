// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

using Mode = FileLock::Mode;

TEST(FileLockTest, AnExclusiveLockKeepsAllOthersOut) {
  const test::TempDir folder;
  const auto held = FileLock::lock(folder / "lock");
  ASSERT_TRUE(held);
  for (const Mode mode : {Mode::shared, Mode::exclusive}) {
    const auto second = FileLock::try_lock(folder / "lock", mode);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->has_value());
  }
}

TEST(FileLockTest, SharedLocksStandTogether) {
  const test::TempDir folder;
  const auto first = FileLock::lock(folder / "lock", Mode::shared);
  const auto second = FileLock::try_lock(folder / "lock", Mode::shared);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->has_value());
  const auto writer = FileLock::try_lock(folder / "lock", Mode::exclusive);
  ASSERT_TRUE(writer);
  EXPECT_FALSE(writer->has_value());
}

TEST(FileLockTest, ConvertsOnlyWhenAlone) {
  const test::TempDir folder;
  auto first = FileLock::lock(folder / "lock", Mode::shared);
  ASSERT_TRUE(first);
  {
    const auto second = FileLock::lock(folder / "lock", Mode::shared);
    ASSERT_TRUE(second);
    EXPECT_FALSE(*first->try_convert(Mode::exclusive));
  }
  EXPECT_TRUE(*first->try_convert(Mode::exclusive));
}

TEST(FileLockTest, EndsWithItsProcess) {
  const test::TempDir folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = FileLock::lock(folder / "lock");
    ::_exit(held ? 0 : 1);  // No destructor runs.
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto lock = FileLock::try_lock(folder / "lock");
  ASSERT_TRUE(lock);
  EXPECT_TRUE(lock->has_value());
}

TEST(FileLockTest, SaysWhichLockFileCannotBeMade) {
  const auto lock = FileLock::lock("/nowhere/lock");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, Code::not_found);
  EXPECT_EQ(lock.error().where, "/nowhere/lock");
}

}  // namespace
}  // namespace mtc
