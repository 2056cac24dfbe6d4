// SPDX-License-Identifier: Apache-2.0
//
// stat.db saves reading; whatever happens to it, it must never give a wrong digest.
#include "core/store/stat_cache.hpp"

#include <sys/stat.h>

#include "core/store/file_digests.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBoot = "boot 1";

FileIdentity identity(std::int64_t inode) {
  FileIdentity id;
  id.device = 1;
  id.inode = inode;
  id.size = 10;
  id.mtime_ns = 100;
  id.ctime_ns = 200;
  return id;
}

class StatCacheTest : public StoreFixture {
 protected:
  void SetUp() override {
    clock_.unix_ns = Clock::real().now_unix_ns() + 10'000'000'000;
  }  // Every file is old.
  [[nodiscard]] fs::path db() const { return folder_ / "stat.db"; }
  FixedClock clock_;
};

TEST_F(StatCacheTest, RemembersAcrossProcesses) {
  {
    StatCache cache(db(), kBoot);
    cache.record(identity(1), digest_of("a"));
    EXPECT_EQ(cache.find(identity(1)), digest_of("a"));
  }
  StatCache cache(db(), kBoot);
  EXPECT_EQ(cache.find(identity(1)), digest_of("a"));
  EXPECT_FALSE(cache.find(identity(2)));
  EXPECT_TRUE(cache.notes().empty());
}

TEST_F(StatCacheTest, AnyDifferenceOfStateIsUnknown) {
  StatCache cache(db(), kBoot);
  cache.record(identity(1), digest_of("a"));
  cache.flush();
  StatCache other_process(db(), kBoot);
  for (std::int64_t FileIdentity::*field :
       {&FileIdentity::device, &FileIdentity::size, &FileIdentity::mtime_ns, &FileIdentity::ctime_ns}) {
    FileIdentity other = identity(1);
    other.*field += 1;
    EXPECT_FALSE(cache.find(other));
    EXPECT_FALSE(other_process.find(other));
  }
}

TEST_F(StatCacheTest, ADamagedDatabaseIsUnknownAndIsMadeAnew) {
  folder_.write("stat.db", std::string(8192, 'x'));
  {
    StatCache cache(db(), kBoot);
    EXPECT_FALSE(cache.find(identity(1)));
    cache.record(identity(1), digest_of("a"));
    cache.flush();
    ASSERT_EQ(cache.notes().size(), 1U);
    EXPECT_NE(cache.notes()[0].find("stat.db"), std::string::npos);
  }
  StatCache cache(db(), kBoot);
  cache.record(identity(1), digest_of("a"));
  cache.flush();
  EXPECT_EQ(StatCache(db(), kBoot).find(identity(1)), digest_of("a"));
  EXPECT_TRUE(cache.notes().empty());
}

TEST_F(StatCacheTest, AnAlteredRowIsUnknown) {
  {
    StatCache cache(db(), kBoot);
    cache.record(identity(1), digest_of("a"));
  }
  // Writes another digest over the stored one, as a stray write to the disk would.
  std::string bytes = test::read_file(db());
  const std::size_t at = bytes.find(digest_of("a"));
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 64, digest_of("b"));
  folder_.write("stat.db", bytes);
  StatCache cache(db(), kBoot);
  EXPECT_FALSE(cache.find(identity(1)));
}

TEST_F(StatCacheTest, AFolderInItsPlaceIsNoted) {
  fs::create_directory(db());
  StatCache cache(db(), kBoot);
  EXPECT_FALSE(cache.find(identity(1)));
  cache.record(identity(1), digest_of("a"));
  cache.flush();
  EXPECT_FALSE(cache.notes().empty());
}

TEST_F(StatCacheTest, WhatWasNotSyncedIsUnknownAfterAStartOfTheMachine) {
  StatCache(db(), kBoot).record(identity(1), digest_of("a"));
  StatCache(db(), kBoot).record_synced(identity(2), digest_of("b"));
  StatCache later(db(), "boot 2");
  EXPECT_FALSE(later.find(identity(1)));
  EXPECT_EQ(later.find(identity(2)), digest_of("b"));
}

TEST_F(StatCacheTest, WhatCameUnchangedThroughAStartIsSettled) {
  StatCache(db(), kBoot).record(identity(1), digest_of("a"));
  StatCache(db(), kBoot).record(identity(2), digest_of("b"));
  {
    StatCache later(db(), "boot 2");
    EXPECT_FALSE(later.find(identity(1)));
    EXPECT_FALSE(later.find(identity(2)));
    later.record(identity(1), digest_of("a"));        // Read again, and still the same.
    later.record(identity(2), digest_of("changed"));  // Lost in the power cut.
    EXPECT_EQ(later.find(identity(2)), digest_of("changed"));
  }
  StatCache third(db(), "boot 3");
  EXPECT_EQ(third.find(identity(1)), digest_of("a"));
  EXPECT_FALSE(third.find(identity(2)));
}

TEST_F(StatCacheTest, AChangedFileIsReadAgain) {
  Store store = open(&clock_);
  const auto file = folder_.write("input", "one");
  EXPECT_EQ(*store.file_digest(file), digest_of("one"));
  EXPECT_EQ(*store.file_digest(file), digest_of("one"));
  folder_.write("input", "two");  // Same size.
  EXPECT_EQ(*store.file_digest(file), digest_of("two"));
}

TEST_F(StatCacheTest, AKnownFileIsNotReadAgain) {
  const auto file = folder_.write("input", "content");
  StatCache cache(db(), kBoot);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  // A digest that the file does not have shows where the answer came from.
  cache.record(FileIdentity(status), digest_of("marker"));
  EXPECT_EQ(*digest_by_stat(file, cache, clock_), digest_of("marker"));
}

TEST_F(StatCacheTest, AFileYoungerThanTwoSecondsIsNotRemembered) {
  const auto file = folder_.write("input", "content");
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  const FileIdentity id(status);
  StatCache cache(db(), kBoot);
  clock_.unix_ns = id.ctime_ns + 1'999'999'999;
  EXPECT_EQ(*digest_by_stat(file, cache, clock_), digest_of("content"));
  EXPECT_FALSE(cache.find(id));
  clock_.unix_ns = id.ctime_ns - 1;  // Its time stamp lies in the future.
  EXPECT_EQ(*digest_by_stat(file, cache, clock_), digest_of("content"));
  EXPECT_FALSE(cache.find(id));
  clock_.unix_ns = id.ctime_ns + 2'000'000'000;
  EXPECT_EQ(*digest_by_stat(file, cache, clock_), digest_of("content"));
  EXPECT_TRUE(cache.find(id));
}

TEST_F(StatCacheTest, MissingFilesAndFoldersAreErrors) {
  Store store = open();
  EXPECT_EQ(store.file_digest(folder_ / "absent").error().code, Code::not_found);
  EXPECT_EQ(store.file_digest(folder_.path()).error().code, Code::invalid_argument);
}

TEST_F(StatCacheTest, ABrokenDatabaseDoesNotHarmResults) {
  const auto make = [this] {
    Store store = open();
    ActionResult result;
    result.outputs.push_back(add_file(store, "x", "content"));
    EXPECT_TRUE(store.publish("doc", result));
  };
  make();
  folder_.write("store/stat.db",
                "not a database, and long enough to be looked at as one by anybody who opens it");
  Store store = open();
  EXPECT_TRUE(store.find(digest_of("doc"))->has_value());
  EXPECT_EQ(store.corrupt(), 0U);
  EXPECT_FALSE(store.notes().empty());
}

}  // namespace
}  // namespace mtc::store
