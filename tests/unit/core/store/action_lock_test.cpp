// SPDX-License-Identifier: Apache-2.0
#include "core/store/action_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::store {
namespace {

const Digest kLockKey(64, 'a');

class ActionLockTest : public testing::Test {
 protected:
  [[nodiscard]] std::optional<ActionLock> take() const {
    auto lock = ActionLock::try_take(folder_.path(), kLockKey);
    EXPECT_TRUE(lock) << (lock ? "" : lock.error().message);
    return lock ? *std::move(lock) : std::nullopt;
  }
  test::TempDir folder_;
};

TEST_F(ActionLockTest, HasOneHolderAndSaysWho) {
  auto first = take();
  ASSERT_TRUE(first);
  EXPECT_FALSE(take());
  EXPECT_THAT(ActionLock::holder(folder_.path(), kLockKey),
              testing::StartsWith("process " + std::to_string(::getpid()) + " on "));
  first.reset();
  EXPECT_TRUE(take());
}

TEST_F(ActionLockTest, LeavesNoFileBehind) {
  take().reset();
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "locks" / "aa"));
}

TEST_F(ActionLockTest, EndsWithAHolderThatIsKilled) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = ActionLock::try_take(folder_.path(), kLockKey);
    static_cast<void>(!::write(ready[1], held && *held ? "y" : "n", 1));
    ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(take());
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(take());
}

TEST_F(ActionLockTest, ManyThreadsNeverHoldItTogether) {
  std::atomic<int> holders{0};
  std::atomic<int> taken{0};
  std::atomic<bool> shared{false};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          const auto lock = ActionLock::try_take(folder_.path(), kLockKey);
          if (!lock || !*lock) continue;
          if (++holders != 1) shared = true;
          ++taken;
          --holders;
        }
      });
    }
  }
  EXPECT_FALSE(shared);
  EXPECT_GT(taken, 0);
}

}  // namespace
}  // namespace mtc::store
