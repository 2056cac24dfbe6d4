// SPDX-License-Identifier: Apache-2.0
//
// A store on a disk that fails: full, broken, or stopped at each single call.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>

#include "core/store/stat_cache.hpp"
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
    result.seconds = seconds_;
    MTC_ASSIGN(result.outputs, store.add(staging, {{"model", "model"}, {"tree", "tree"}}));
    MTC_TRY(store.publish("doc", result));
    MTC_TRY(store.path(result.outputs[1]));
    store.discard(staging);
    return {};
  }

  /// A result that took long is synced: more calls that can fail.
  double seconds_ = Store::kDurableSeconds;

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

/// Writes down what is synced and what gets a name, in order.
class SyncOrderFileSystem : public FileSystem {
 public:
  std::vector<std::string> calls;
  int open(const char* path, int flags, mode_t mode) override {
    const int descriptor = FileSystem::open(path, flags, mode);
    const bool nameless = (flags & O_TMPFILE) == O_TMPFILE;
    if (descriptor >= 0) names_[descriptor] = nameless ? "a file without a name" : path;
    return descriptor;
  }
  int fsync(int descriptor) override {
    calls.push_back("fsync " + names_[descriptor]);
    return 0;
  }
  int rename(const char* from, const char* to) override {
    calls.push_back(std::string("name ") + to);
    return FileSystem::rename(from, to);
  }
  int link(const char* from, const char* to) override {
    calls.push_back(std::string("name ") + to);
    return FileSystem::link(from, to);
  }

 private:
  std::map<int, std::string> names_;
};

TEST_F(FaultsTest, ACostlyResultIsSyncedBlobsFirst) {
  SyncOrderFileSystem order;
  ASSERT_TRUE(run_action(order));
  const auto at = [&order](const std::string& what) {
    const auto found = std::find(order.calls.begin(), order.calls.end(), what);
    EXPECT_NE(found, order.calls.end()) << what;
    return found - order.calls.begin();
  };
  const auto published = at("name " + result(digest_of("doc")).string());
  for (const char* content : {"model content", "tree content"}) {
    const auto file = blob(digest_of(content));
    EXPECT_LT(at("name " + file.string()), at("fsync " + file.string()));
    EXPECT_LT(at("fsync " + file.string()), published);
    EXPECT_LT(at("fsync " + file.parent_path().string()), published);
  }
  EXPECT_LT(published, at("fsync " + result(digest_of("doc")).parent_path().string()));
}

TEST_F(FaultsTest, ACheapResultWaitsForNoDisk) {
  seconds_ = Store::kDurableSeconds / 2;
  SyncOrderFileSystem order;
  ASSERT_TRUE(run_action(order));
  EXPECT_TRUE(check_store());
  for (const std::string& call : order.calls) EXPECT_EQ(call.find("fsync"), std::string::npos) << call;
}

TEST_F(FaultsTest, WhatAPowerCutTookFromABlobIsAMiss) {
  seconds_ = 0;
  FailingFileSystem none(-1, 0);
  ASSERT_TRUE(run_action(none));
  // The state that a power cut leaves: name, size and times as they should be, the content never written.
  const auto file = blob(digest_of("model content"));
  damage(file, std::string(std::string_view("model content").size(), '\0'));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  StatCache(root() / "stat.db", "boot 1").record(FileIdentity(status), digest_of("model content"));
  EXPECT_TRUE(open(nullptr, "boot 1").find(digest_of("doc"))->has_value());  // stat.db says so.
  Store after = open(nullptr, "boot 2");
  EXPECT_FALSE(after.find(digest_of("doc"))->has_value());
  EXPECT_FALSE(std::filesystem::exists(file));
  ASSERT_TRUE(run_action(none));
  EXPECT_TRUE(after.find(digest_of("doc"))->has_value());
}

TEST_F(FaultsTest, EmptyFilesThatAPowerCutLeftAreMisses) {
  seconds_ = 0;
  FailingFileSystem none(-1, 0);
  for (const auto& file : {result(digest_of("doc")), blob(digest_of("tree content"))}) {
    ASSERT_TRUE(run_action(none));
    damage(file, "");
    EXPECT_FALSE(open(nullptr, "boot 2").find(digest_of("doc"))->has_value()) << file;
  }
}

}  // namespace
}  // namespace mtc::store
