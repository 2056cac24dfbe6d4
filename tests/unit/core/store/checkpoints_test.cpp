// SPDX-License-Identifier: Apache-2.0
//
// The life of an action's checkpoints in the store: made, counted, kept from gc while used, removed.
#include "core/base/checkpoint_folder.hpp"
#include "core/store/action_lock.hpp"
#include "core/store/upkeep.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayNs = std::int64_t{24} * 3600 * 1'000'000'000;

class CheckpointsTest : public StoreFixture {
 protected:
  void SetUp() override { clock_.unix_ns = Clock::real().now_unix_ns(); }

  /// An attempt at the action `document` that keeps `content` and fails; the folder.
  fs::path attempt(Store& store, const std::string& document, const std::string& content = "content") {
    const auto folder = store.checkpoints(document);
    EXPECT_TRUE(folder);
    CheckpointFolder checkpoints(*folder, unsynced_);
    write(*checkpoints.begin() / "state", content);
    EXPECT_TRUE(checkpoints.commit("after 1"));
    EXPECT_TRUE(*store.settle_checkpoints(digest_of(document)));
    return *folder;
  }
  fs::path attempt(const std::string& document, const std::string& content = "content") {
    Store store = open(&clock_);
    return attempt(store, document, content);
  }
  CollectReport collect(const CollectPolicy& policy) {
    Store store = open(&clock_);
    const auto report = Upkeep(store).collect(policy, {});
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : CollectReport();
  }
  static CollectPolicy up_to(std::uint64_t bytes) {
    CollectPolicy policy;
    policy.max_bytes = bytes;
    return policy;
  }

  FixedClock clock_;
};

TEST_F(CheckpointsTest, AreGoneWhenTheActionHasAResult) {
  Store store = open(&clock_);
  const fs::path folder = attempt(store, "doc");
  EXPECT_TRUE(fs::exists(folder));
  ASSERT_TRUE(store.publish("doc", {{add_file(store, "x", "result")}, {}, 0}));
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(CheckpointsTest, AnAttemptWithoutOneLeavesNoFolder) {
  Store store = open(&clock_);
  const fs::path folder = *store.checkpoints("doc");
  EXPECT_TRUE(fs::is_directory(folder));
  EXPECT_FALSE(*store.settle_checkpoints(digest_of("doc")));
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(CheckpointsTest, CountInTheSizeOfTheStoreAsLongAsTheyAreThere) {
  Store store = open(&clock_);
  ASSERT_TRUE(store.record_document("doc"));
  const StoredOutput output = add_file(store, "x", "result");
  const std::uint64_t before = *store.bytes();
  attempt(store, "doc", std::string(100'000, 'x'));
  EXPECT_GT(*store.bytes(), before + 100'000);
  EXPECT_LT(*store.bytes(), before + 101'000);
  attempt(store, "doc", std::string(50'000, 'x'));
  EXPECT_LT(*store.bytes(), before + 51'000);
  ASSERT_TRUE(store.publish("doc", {{output}, {}, 0}));
  EXPECT_LT(*store.bytes(), before + 1000);
}

TEST_F(CheckpointsTest, WhatAKilledRunLeftIsCountedByTheNext) {
  Store store = open(&clock_);
  ASSERT_TRUE(store.record_document("doc"));
  const std::uint64_t before = *store.bytes();
  CheckpointFolder killed(*store.checkpoints("doc"), unsynced_);
  write(*killed.begin() / "state", std::string(100'000, 'x'));
  ASSERT_TRUE(killed.commit("after 1"));
  EXPECT_LT(*store.bytes(), before + 1000);
  ASSERT_TRUE(store.checkpoints("doc"));
  EXPECT_GT(*store.bytes(), before + 100'000);
}

TEST_F(CheckpointsTest, StatsShowThemAndAddUp) {
  attempt("doc", "content");
  Store store = open(&clock_);
  const std::uint64_t on_disk = *bytes_under(root());
  const auto stats = Upkeep(store).stats();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->checkpoints.count, 1U);
  EXPECT_GT(stats->checkpoints.bytes, 7U);
  EXPECT_EQ(stats->total_bytes, on_disk);
}

TEST_F(CheckpointsTest, GcTakesThemByAge) {
  const fs::path folder = attempt("doc");
  CollectPolicy old;
  old.older_than_s = 10 * kDayNs / 1'000'000'000;
  clock_.unix_ns += 9 * kDayNs;
  EXPECT_EQ(collect(old).checkpoints.count, 0U);
  clock_.unix_ns += 2 * kDayNs;
  EXPECT_EQ(collect(old).checkpoints.count, 1U);
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(CheckpointsTest, GcTakesTheLeastRecentlyUsedFirst) {
  const fs::path first = attempt("first", std::string(100'000, 'x'));
  clock_.unix_ns += kDayNs;
  const fs::path second = attempt("second", std::string(100'000, 'x'));
  clock_.unix_ns += kDayNs;
  ASSERT_TRUE(open(&clock_).find(digest_of("first")));  // Somebody asks for it again.
  clock_.unix_ns += kDayNs;
  const auto report = collect(up_to(150'000));
  EXPECT_EQ(report.checkpoints.count, 1U);
  EXPECT_GT(report.checkpoints.bytes, 100'000U);
  EXPECT_TRUE(fs::exists(first));
  EXPECT_FALSE(fs::exists(second));
  EXPECT_LT(report.bytes_after, 150'000U);
}

TEST_F(CheckpointsTest, GcWithoutLimitsTakesOnlyThoseOfActionsThatHaveAResult) {
  const fs::path open_end = attempt("open end");
  const fs::path done = attempt("done");
  Store store = open(&clock_);
  fs::rename(done, root() / "aside");  // publish() would remove it: as if it had been killed before that.
  ASSERT_TRUE(store.publish("done", {{add_file(store, "x", "result")}, {}, 0}));
  fs::rename(root() / "aside", done);
  store = open(&clock_);
  EXPECT_EQ(collect({}).checkpoints.count, 1U);
  EXPECT_FALSE(fs::exists(done));
  EXPECT_TRUE(fs::exists(open_end));
}

TEST_F(CheckpointsTest, GcTakesThoseOfFinishedActionsBeforeAnyResult) {
  Store store = open(&clock_);
  ASSERT_TRUE(store.publish("old", {{add_file(store, "old", std::string(100'000, 'o'))}, {}, 0}));
  clock_.unix_ns += kDayNs;
  const fs::path done = attempt(store, "done", std::string(200'000, 'x'));
  fs::rename(done, root() / "aside");
  ASSERT_TRUE(store.publish("done", {{add_file(store, "x", "result")}, {}, 0}));
  fs::rename(root() / "aside", done);
  store = open(&clock_);
  clock_.unix_ns += kDayNs;
  const auto report = collect(up_to(150'000));
  EXPECT_EQ(report.checkpoints.count, 1U);
  EXPECT_EQ(report.results.count, 0U) << "without the checkpoint all fits";
}

TEST_F(CheckpointsTest, WhatCannotBeCountedIsNotLost) {
  Store store = open(&clock_);
  const fs::path folder = attempt(store, "doc");
  fs::remove(folder / "counted");
  fs::create_directories(folder / "counted/in the way");  // No file takes the place of a folder.
  EXPECT_TRUE(store.checkpoints("doc"));
}

TEST_F(CheckpointsTest, GcLeavesThoseOfALiveRunAndPinnedOnes) {
  const fs::path pinned = attempt("pinned");
  {
    Store store = open(&clock_);
    ASSERT_TRUE(Upkeep(store).pin(digest_of("pinned")));
  }
  Store run = open(&clock_);
  const fs::path live = attempt(run, "live");
  const auto report = collect(up_to(0));
  EXPECT_EQ(report.checkpoints.count, 0U);
  EXPECT_EQ(report.kept_in_use, 1U);
  EXPECT_EQ(report.kept_pinned, 1U);
  EXPECT_TRUE(fs::exists(live));
  EXPECT_TRUE(fs::exists(pinned));
  EXPECT_TRUE(*run.document(digest_of("live"))) << "the document stays as long";
}

TEST_F(CheckpointsTest, GcOfADryRunTakesNothing) {
  const fs::path folder = attempt("doc");
  auto policy = up_to(0);
  policy.dry_run = true;
  EXPECT_EQ(collect(policy).checkpoints.count, 1U);
  EXPECT_TRUE(fs::exists(folder));
}

TEST_F(CheckpointsTest, VerifyNamesDamagedOnesAndRepairTakesThemAway) {
  const fs::path folder = attempt("doc");
  attempt("other");
  write(folder / "00000001/files/state", "c0ntent");
  Store store = open(&clock_);
  const auto found = Upkeep(store).verify(false, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->checkpoints, 2U);
  ASSERT_EQ(found->damage.size(), 1U);
  EXPECT_EQ(found->damage[0].kind, "checkpoint");
  EXPECT_EQ(found->damage[0].path, folder / "00000001");
  ASSERT_TRUE(Upkeep(store).verify(true, {}));
  EXPECT_TRUE(Upkeep(store).verify(false, {})->clean());
  EXPECT_FALSE(fs::exists(folder / "00000001"));
}

TEST_F(CheckpointsTest, VerifyLeavesThoseThatAreBeingWritten) {
  const fs::path folder = attempt("doc");
  write(folder / "00000001/files/state", "c0ntent");
  const auto lock = ActionLock::try_take(root(), digest_of("doc"));
  ASSERT_TRUE(lock && *lock);
  Store store = open(&clock_);
  const auto found = Upkeep(store).verify(true, {});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->damage.empty());
  EXPECT_EQ(found->checkpoints, 0U);
}

TEST_F(CheckpointsTest, VerifyLeavesThoseOfAWorkerThatOutlivesItsRun) {
  const fs::path folder = attempt("doc");
  write(folder / "00000001/files/state", "half written");
  const auto worker = FileLock::lock(folder / "lock");
  ASSERT_TRUE(worker);
  Store store = open(&clock_);
  const auto found = Upkeep(store).verify(false, {});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->damage.empty());
}

TEST_F(CheckpointsTest, ClearTakesThem) {
  const fs::path folder = attempt("doc");
  Store store = open(&clock_);
  ASSERT_TRUE(store.clear());
  EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace mtc::store
