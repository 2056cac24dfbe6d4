// SPDX-License-Identifier: Apache-2.0
//
// A store on a disk that fails: full, broken, or stopped at each single call.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

/// Lets call number `at` of write, fsync, rename and link fail with `number`, or kills the process there.
class FailingFileSystem : public FileSystem {
 public:
  explicit FailingFileSystem(int at, int number) : at_(at), number_(number) {}

  ssize_t write(int descriptor, const void* data, std::size_t size) override {
    return due() ? -1 : FileSystem::write(descriptor, data, size);
  }
  int fsync(int /*descriptor*/) override {
    return due() ? -1 : 0;
  }  // No power is cut here: nothing to wait for.
  int rename(const char* from, const char* to) override { return due() ? -1 : FileSystem::rename(from, to); }
  int link(const char* from, const char* to) override { return due() ? -1 : FileSystem::link(from, to); }
  [[nodiscard]] bool reached() const { return calls_ > at_; }

 private:
  bool due() {
    if (calls_++ != at_) return false;
    if (number_ == 0) ::kill(::getpid(), SIGKILL);
    errno = number_;
    return true;
  }
  int at_;
  int number_;
  int calls_ = 0;
};

class FaultsTest : public StoreFixture {
 protected:
  /// One action from staging to result; the first error, if any.
  Result<void> run_action(FileSystem& file_system) {
    MTC_ASSIGN(Store store, Store::open(root(), {&file_system, nullptr}));
    MTC_ASSIGN(const std::filesystem::path staging, store.stage());
    write(staging / "model", "model content");
    MTC_TRY(make_directories(staging / "tree"));
    write(staging / "tree/file", "tree content");
    ActionResult result;
    MTC_ASSIGN(result.outputs, store.add(staging, {{"model", "model"}, {"tree", "tree"}}));
    MTC_TRY(store.publish("doc", result));
    MTC_TRY(store.path(result.outputs[1]));
    store.discard(staging);
    return {};
  }

  /// True when the result is there; every blob must be what its name says, whatever happened.
  bool check_store() {
    Store store = open();
    const auto found = store.find(digest_of("doc"));
    EXPECT_TRUE(found);
    EXPECT_EQ(store.corrupt(), 0U);
    if (std::filesystem::exists(root() / "cas")) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / "cas"))
        EXPECT_TRUE(entry.is_directory() || *digest_of_file(entry.path()) == entry.path().filename());
    }
    return found && found->has_value();
  }
};

TEST_F(FaultsTest, AFullDiskIsNamedAndPublishesNothing) {
  FailingFileSystem full(0, ENOSPC);
  const auto run = run_action(full);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, Code::resource_exhausted);
  EXPECT_NE(run.error().message.find("No space left on device"), std::string::npos);
  EXPECT_FALSE(run.error().hint.empty());
  EXPECT_EQ(files_under("cas") + files_under("ac"), 0U);
  EXPECT_FALSE(check_store());
}

TEST_F(FaultsTest, AnErrorAtAnyCallLeavesAStoreThatIsRight) {
  for (const int number : {ENOSPC, EIO}) {
    int at = 0;
    for (bool reached = true; reached; ++at) {
      ASSERT_TRUE(remove_tree(root()));
      FailingFileSystem failing(at, number);
      const auto run = run_action(failing);
      reached = failing.reached();
      // A hard link that fails becomes a copy; every other failure is reported.
      EXPECT_TRUE(reached || run);
      const bool published = check_store();
      EXPECT_TRUE(published || !run);
      EXPECT_EQ(files_under("tmp"), 0U) << "left behind after call " << at;
      FailingFileSystem none(-1, 0);
      EXPECT_TRUE(run_action(none)) << "no second attempt after call " << at;
      EXPECT_TRUE(check_store());
    }
    EXPECT_GT(at, 15);
  }
}

TEST_F(FaultsTest, AKillAtAnyCallLeavesAStoreThatIsRight) {
  int at = 0;
  for (bool killed = true; killed; ++at) {
    ASSERT_TRUE(remove_tree(root()));
    const pid_t child = ::fork();
    if (child == 0) {
      FailingFileSystem failing(at, 0);
      ::_exit(run_action(failing) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed = WIFSIGNALED(status);
    EXPECT_TRUE(killed || status == 0) << status;
    check_store();
    FailingFileSystem none(-1, 0);
    EXPECT_TRUE(run_action(none)) << "no second attempt after a kill at call " << at;
    EXPECT_TRUE(check_store());
    EXPECT_EQ(files_under("tmp"), 0U) << "left behind after a kill at call " << at;
  }
  EXPECT_GT(at, 15);
}

}  // namespace
}  // namespace mtc::store
