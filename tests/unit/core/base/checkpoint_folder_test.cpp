// SPDX-License-Identifier: Apache-2.0
#include "core/base/checkpoint_folder.hpp"

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/file.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

namespace fs = std::filesystem;

/// A disk that is full when something is synced.
class FullDisk : public FileSystem {
 public:
  int fsync(int /*descriptor*/) override {
    errno = ENOSPC;
    return -1;
  }
};

void overwrite(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

class CheckpointFolderTest : public testing::Test {
 protected:
  /// Keeps one file; the checkpoint.
  Checkpoint keep(const std::string& content, const std::string& label = "label") {
    CheckpointFolder folder(root_);
    const auto place = folder.begin();
    EXPECT_TRUE(place);
    overwrite(*place / "state", content);
    const auto checkpoint = folder.commit(label);
    EXPECT_TRUE(checkpoint) << (checkpoint ? "" : checkpoint.error().message);
    return checkpoint ? *checkpoint : Checkpoint();
  }
  std::optional<Checkpoint> newest() {
    damaged_.clear();
    const auto found = CheckpointFolder(root_).newest(damaged_);
    EXPECT_TRUE(found);
    return found ? *found : std::nullopt;
  }

  test::TempDir temp_;
  fs::path root_ = temp_ / "checkpoints";
  std::vector<Error> damaged_;
};

TEST_F(CheckpointFolderTest, HasNoneAtFirst) {
  EXPECT_FALSE(newest());
  EXPECT_TRUE(damaged_.empty());
}

TEST_F(CheckpointFolderTest, GivesTheNewestBackAndRemovesOlderOnes) {
  keep("one", "after 1");
  keep("two!", "after 2");
  const auto found = newest();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->label, "after 2");
  EXPECT_EQ(found->bytes, 4U);
  EXPECT_EQ(test::read_file(found->folder / "state"), "two!");
  EXPECT_EQ(checkpoints_in(root_)->size(), 1U);
}

TEST_F(CheckpointFolderTest, WhatWasNotCommittedIsNoCheckpointAndMakesRoomForTheNext) {
  keep("one");
  overwrite(*CheckpointFolder(root_).begin() / "state", "half");
  EXPECT_EQ(test::read_file(newest()->folder / "state"), "one");
  CheckpointFolder next(root_);
  EXPECT_TRUE(fs::is_empty(*next.begin()));
}

TEST_F(CheckpointFolderTest, DiscardDropsWhatWasBegun) {
  CheckpointFolder folder(root_);
  overwrite(*folder.begin() / "state", "half");
  ASSERT_TRUE(folder.discard());
  EXPECT_FALSE(fs::exists(root_ / "new"));
  EXPECT_EQ(folder.commit("x").error().code, Code::failed_precondition);
}

TEST_F(CheckpointFolderTest, FindsEveryKindOfDamage) {
  const auto expect_damage = [&](const char* what) {
    EXPECT_FALSE(newest()) << what;
    ASSERT_EQ(damaged_.size(), 1U) << what;
    EXPECT_EQ(damaged_[0].code, Code::data_loss) << what;
  };
  const auto folder = keep("content").folder;
  overwrite(folder / "state", "c0ntent");
  expect_damage("another byte");
  overwrite(folder / "state", "");
  expect_damage("nothing, as after a power cut");
  fs::remove(folder / "state");
  expect_damage("no file");
  overwrite(folder / "state", "content");
  EXPECT_TRUE(newest()) << "as it was";
  overwrite(folder / "more", "");
  expect_damage("one file more");
  fs::remove(folder / "more");
  const auto seal = folder.parent_path() / "seal";
  const std::string text = test::read_file(seal);
  for (std::size_t size = 0; size < text.size(); size += 7) {
    overwrite(seal, text.substr(0, size));
    expect_damage("a seal cut short");
  }
  std::string changed = text;
  changed[text.find("label") + 7] ^= 1;
  overwrite(seal, changed);
  expect_damage("another label");
  fs::remove(seal);
  expect_damage("no seal");
}

TEST_F(CheckpointFolderTest, FallsBackToAnOlderWholeOne) {
  keep("one", "after 1");
  fs::copy(root_ / "00000001", temp_ / "older", fs::copy_options::recursive);
  overwrite(keep("two", "after 2").folder / "state", "bad");
  fs::rename(temp_ / "older", root_ / "00000001");
  const auto found = newest();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->label, "after 1");
  EXPECT_EQ(damaged_.size(), 1U);
  keep("three", "after 3");
  EXPECT_EQ(newest()->label, "after 3");
}

TEST_F(CheckpointFolderTest, AnotherFormatIsNamedAndNotRead) {
  const auto folder = keep("content").folder;
  overwrite(folder.parent_path() / "seal", "mtc-checkpoint 2\nwhatever\n");
  EXPECT_FALSE(newest());
  ASSERT_EQ(damaged_.size(), 1U);
  EXPECT_EQ(damaged_[0].code, Code::failed_precondition);
  EXPECT_NE(damaged_[0].message.find("format 2"), std::string::npos);
}

TEST_F(CheckpointFolderTest, RefusesWhatCannotBeKept) {
  CheckpointFolder folder(root_);
  EXPECT_EQ(folder.commit("x").error().code, Code::failed_precondition) << "not begun";
  auto place = *folder.begin();
  EXPECT_EQ(folder.commit("x").error().code, Code::failed_precondition) << "no file";
  overwrite(place / "state", "content");
  EXPECT_EQ(folder.commit("a\nb").error().code, Code::invalid_argument) << "a label of two lines";
  fs::create_symlink("/etc/passwd", place / "link");
  const auto linked = folder.commit("x");
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code, Code::invalid_argument);
  EXPECT_TRUE(linked.error().plugin_fault);
}

TEST_F(CheckpointFolderTest, AFullDiskKeepsTheOlderOne) {
  keep("one", "after 1");
  FullDisk full;
  CheckpointFolder folder(root_, full);
  overwrite(*folder.begin() / "state", "two");
  EXPECT_EQ(folder.commit("after 2").error().code, Code::resource_exhausted);
  ASSERT_TRUE(folder.discard());
  const auto kept = newest_checkpoint(root_, damaged_);
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->label, "after 1");
  EXPECT_FALSE(fs::exists(root_ / "new"));
}

TEST_F(CheckpointFolderTest, WaitsForAnotherThatStillWrites) {
  std::optional<CheckpointFolder> dying(std::in_place, root_);
  overwrite(*dying->begin() / "state", "one");
  std::atomic<bool> gone = false;
  std::thread next([&] {
    CheckpointFolder folder(root_);
    EXPECT_TRUE(fs::is_empty(*folder.begin()));
    EXPECT_TRUE(gone);
  });
  ASSERT_TRUE(dying->commit("after 1"));
  gone = true;
  dying.reset();
  next.join();
  EXPECT_EQ(newest()->label, "after 1");
}

TEST_F(CheckpointFolderTest, KeepsFoldersToo) {
  CheckpointFolder folder(root_);
  const auto place = *folder.begin();
  fs::create_directories(place / "a/b");
  overwrite(place / "a/b/c", "deep");
  const auto kept = folder.commit("");
  ASSERT_TRUE(kept);
  EXPECT_EQ(test::read_file(kept->folder / "a/b/c"), "deep");
  EXPECT_TRUE(read_checkpoint(kept->folder.parent_path()));
}

}  // namespace
}  // namespace mtc
