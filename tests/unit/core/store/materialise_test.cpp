// SPDX-License-Identifier: Apache-2.0
//
// Outputs as paths, inside the store and outside it.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

namespace fs = std::filesystem;

class MaterialiseTest : public StoreFixture {
 protected:
  static ino_t inode_of(const fs::path& file) {
    struct stat status {};
    EXPECT_EQ(::lstat(file.c_str(), &status), 0) << file;
    return status.st_ino;
  }
  static mode_t mode_of(const fs::path& file) {
    struct stat status {};
    EXPECT_EQ(::lstat(file.c_str(), &status), 0) << file;
    return status.st_mode & 0777U;
  }

  /// A folder with an executable `run`, a file `sub/data` and an empty folder `logs`.
  static StoredOutput add_tree(Store& store) {
    const auto staging = store.stage();
    EXPECT_TRUE(make_directories(*staging / "t/sub"));
    EXPECT_TRUE(make_directories(*staging / "t/logs"));
    EXPECT_TRUE(write_file_atomic(*staging / "t/run", "#!/bin/sh\n", 0755));
    EXPECT_TRUE(write_file_atomic(*staging / "t/sub/data", "data"));
    const auto outputs = store.add(*staging, {{"t", "t"}});
    EXPECT_TRUE(outputs);
    return outputs->front();
  }
};

TEST_F(MaterialiseTest, AFolderIsLaidOutFromItsBlobs) {
  Store store = open();
  const auto output = add_tree(store);
  const auto path = store.path(output);
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(test::read_file(*path / "sub/data"), "data");
  EXPECT_EQ(inode_of(*path / "sub/data"), inode_of(blob(digest_of("data"))));
  EXPECT_EQ(mode_of(*path / "run"), 0555U);
  EXPECT_TRUE(fs::is_empty(*path / "logs"));
  EXPECT_EQ(*store.path(output), *path);
}

TEST_F(MaterialiseTest, ADamagedLayOutIsBuiltAnew) {
  Store store = open();
  const auto output = add_tree(store);
  const auto path = store.path(output);
  damage(*path / "run", "#!/bin/SH\n");
  folder_.write(
      "store/trees/" + path->parent_path().filename().string() + "/" + path->filename().string() + "/extra",
      "x");
  ASSERT_TRUE(store.path(output));
  EXPECT_EQ(test::read_file(*path / "run"), "#!/bin/sh\n");
  EXPECT_FALSE(fs::exists(*path / "extra"));
  EXPECT_EQ(store.corrupt(), 1U);
}

TEST_F(MaterialiseTest, APathOfALostBlobIsAnError) {
  Store store = open();
  const auto output = add_file(store, "x", "content");
  fs::remove(blob(output.digest));
  const auto path = store.path(output);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, Code::data_loss);
  EXPECT_FALSE(store.materialise(output, folder_ / "x"));
}

TEST_F(MaterialiseTest, APersonGetsAWritableCopyThatDoesNotTouchTheStore) {
  Store store = open();
  const auto output = add_file(store, "x", "content");
  const fs::path copy = folder_ / "out/deep/x.onnx";
  ASSERT_TRUE(store.materialise(output, copy));
  EXPECT_EQ(mode_of(copy), 0644U);
  damage(copy, "edited");
  EXPECT_EQ(test::read_file(blob(output.digest)), "content");
}

TEST_F(MaterialiseTest, NothingIsWrittenWhenItIsTheSameAlready) {
  Store store = open();
  const auto file = add_file(store, "x", "content");
  const auto tree = add_tree(store);
  ASSERT_TRUE(store.materialise(file, folder_ / "x"));
  ASSERT_TRUE(store.materialise(tree, folder_ / "t"));
  const ino_t file_inode = inode_of(folder_ / "x");
  const ino_t tree_inode = inode_of(folder_ / "t");
  ASSERT_TRUE(store.materialise(file, folder_ / "x"));
  ASSERT_TRUE(store.materialise(tree, folder_ / "t"));
  EXPECT_EQ(inode_of(folder_ / "x"), file_inode);
  EXPECT_EQ(inode_of(folder_ / "t"), tree_inode);
}

TEST_F(MaterialiseTest, WhatDiffersIsReplaced) {
  Store store = open();
  const auto output = add_file(store, "x", "content");
  folder_.write("x", "CONTENT");
  ASSERT_TRUE(store.materialise(output, folder_ / "x"));
  EXPECT_EQ(test::read_file(folder_ / "x"), "content");
}

TEST_F(MaterialiseTest, AFolderHoldsExactlyTheFilesOfTheOutput) {
  Store store = open();
  const auto output = add_tree(store);
  folder_.write("t/stale", "x");
  folder_.write("t/sub/data", "DATA");
  ASSERT_TRUE(store.materialise(output, folder_ / "t"));
  EXPECT_FALSE(fs::exists(folder_ / "t/stale"));
  EXPECT_EQ(test::read_file(folder_ / "t/sub/data"), "data");
  EXPECT_EQ(mode_of(folder_ / "t/run"), 0755U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()),
            2);  // store and t
}

TEST_F(MaterialiseTest, AnEmptyFolderBelongsToTheOutput) {
  Store store = open();
  const auto output = add_tree(store);
  ASSERT_TRUE(store.materialise(output, folder_ / "t"));
  EXPECT_TRUE(fs::is_empty(folder_ / "t/logs"));
  fs::remove(folder_ / "t/logs");
  fs::create_directories(folder_ / "t/more");
  ASSERT_TRUE(store.materialise(output, folder_ / "t"));
  EXPECT_TRUE(fs::is_directory(folder_ / "t/logs"));
  EXPECT_FALSE(fs::exists(folder_ / "t/more"));
}

/// Cannot exchange, and kills nobody: counts how often the name of a folder was moved away.
class RenamingFileSystem : public FileSystem {
 public:
  explicit RenamingFileSystem(bool can_exchange) : can_exchange_(can_exchange) {}
  std::string watched;
  int moved_away = 0;

  int fsync(int /*descriptor*/) override { return 0; }
  int rename(const char* from, const char* to) override {
    if (from == watched) ++moved_away;
    return FileSystem::rename(from, to);
  }
  int exchange(const char* a, const char* b) override {
    if (can_exchange_) return FileSystem::exchange(a, b);
    errno = EINVAL;
    return -1;
  }

 private:
  bool can_exchange_;
};

TEST_F(MaterialiseTest, AFolderIsReplacedInOneStepWhereThatCanBe) {
  for (const bool can_exchange : {true, false}) {
    RenamingFileSystem file_system(can_exchange);
    auto store = Store::open(root(), {&file_system, nullptr, {}});
    ASSERT_TRUE(store);
    const auto output = add_tree(*store);
    folder_.write("t/stale", "x");
    file_system.watched = (folder_ / "t").string();
    ASSERT_TRUE(store->materialise(output, folder_ / "t"));
    EXPECT_EQ(file_system.moved_away, can_exchange ? 0 : 1);
    EXPECT_FALSE(fs::exists(folder_ / "t/stale"));
    EXPECT_EQ(test::read_file(folder_ / "t/sub/data"), "data");
  }
}

/// Kills the process at call number `at`.
class KilledFileSystem : public FileSystem {
 public:
  explicit KilledFileSystem(int at) : at_(at) {}
  int open(const char* path, int flags, mode_t mode) override {
    count();
    return FileSystem::open(path, flags, mode);
  }
  ssize_t write(int descriptor, const void* data, std::size_t size) override {
    count();
    return FileSystem::write(descriptor, data, size);
  }
  int rename(const char* from, const char* to) override {
    count();
    return FileSystem::rename(from, to);
  }
  int exchange(const char* a, const char* b) override {
    count();
    return FileSystem::exchange(a, b);
  }
  int link(const char* from, const char* to) override {
    count();
    return FileSystem::link(from, to);
  }

 private:
  void count() {
    if (calls_++ == at_) ::kill(::getpid(), SIGKILL);
  }
  int at_;
  int calls_ = 0;
};

TEST_F(MaterialiseTest, AKillAtAnyCallLeavesNothingBesideTheOutputsAfterTheNextTime) {
  StoredOutput file;
  StoredOutput tree;
  {
    Store store = open();
    file = add_file(store, "x", "content");
    tree = add_tree(store);
  }
  const auto materialise = [&](FileSystem& file_system) {
    auto store = Store::open(root(), {&file_system, nullptr, {}});
    return store && store->materialise(file, folder_ / "out/f") &&
           store->materialise(tree, folder_ / "out/t");
  };
  bool killed = true;
  int at = 0;
  for (; killed; ++at) {
    folder_.write("out/f", "another content");
    folder_.write("out/t/stale", "x");
    const pid_t child = ::fork();
    if (child == 0) {
      KilledFileSystem killing(at);
      ::_exit(materialise(killing) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed = WIFSIGNALED(status);
    EXPECT_TRUE(killed || status == 0) << status;
    ASSERT_TRUE(materialise(unsynced_));
    std::set<std::string> entries;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "out"))
      entries.insert(entry.path().lexically_relative(folder_ / "out").string());
    EXPECT_EQ(entries, (std::set<std::string>{"f", "t", "t/logs", "t/run", "t/sub", "t/sub/data"}))
        << "after a kill at call " << at;
    EXPECT_EQ(test::read_file(folder_ / "out/f"), "content");
  }
  EXPECT_GT(at, 8);
}

TEST_F(MaterialiseTest, AFolderInTheWayOfAFileIsLeftAlone) {
  Store store = open();
  const auto file = add_file(store, "x", "content");
  const auto tree = add_tree(store);
  folder_.write("d/mine", "precious");
  folder_.write("f", "precious");
  const auto over_folder = store.materialise(file, folder_ / "d");
  ASSERT_FALSE(over_folder);
  EXPECT_EQ(over_folder.error().code, Code::already_exists);
  EXPECT_TRUE(fs::exists(folder_ / "d/mine"));
  EXPECT_FALSE(store.materialise(tree, folder_ / "f"));
  EXPECT_EQ(test::read_file(folder_ / "f"), "precious");
}

}  // namespace
}  // namespace mtc::store
