// SPDX-License-Identifier: Apache-2.0
//
// A clock that jumps, back and forth: nothing wrong is trusted, nothing in use goes, and what is the newest
// stays the newest.
#include <sys/stat.h>

#include <functional>
#include <optional>
#include <utility>

#include "core/store/stat_cache.hpp"
#include "core/store/upkeep.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kYearNs = 365 * 24 * 3600 * kSecondNs;
constexpr std::int64_t kDaySeconds = 24 * 3600;

class ClockJumpTest : public StoreFixture {
 protected:
  void SetUp() override { jump_to(0); }
  /// Sets the clock to some distance from the true time.
  void jump_to(std::int64_t distance_ns) { clock_.unix_ns = Clock::real().now_unix_ns() + distance_ns; }

  static ActionResult latency(double milliseconds) {
    ActionResult result;
    result.metrics["latency_p50_ms"] = milliseconds;
    return result;
  }
  Digest make(const std::string& document) {
    Store store = open(&clock_);
    ActionResult result;
    result.outputs.push_back(add_file(store, "x", "content of " + document));
    EXPECT_TRUE(store.publish(document, result));
    return digest_of(document);
  }
  CollectReport collect(std::optional<std::int64_t> older_than_s, std::optional<std::uint64_t> max_bytes) {
    Store store = open(&clock_);
    CollectPolicy policy;
    policy.older_than_s = older_than_s;
    policy.max_bytes = max_bytes;
    const auto report = Upkeep(store).collect(policy, {});
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : CollectReport();
  }
  bool has(const Digest& key) {
    Store store = open(&clock_);
    return store.find(key)->has_value();
  }

  FixedClock clock_;
};

TEST_F(ClockJumpTest, RunsStayInTheirOrder) {
  Store store = open(&clock_);
  std::vector<std::string> ids;
  for (const std::int64_t distance : {std::int64_t{0}, kYearNs, -kYearNs, kYearNs / 2, std::int64_t{0}}) {
    jump_to(distance);
    const auto run = store.new_run();
    ASSERT_TRUE(run);
    EXPECT_TRUE(ids.empty() || ids.back() < run->first) << ids.back() << " then " << run->first;
    ids.push_back(run->first);
    EXPECT_EQ(**store.newest_run(), run->second);
  }
}

TEST_F(ClockJumpTest, RunsStayInTheirOrderAcrossTheEndOfASecond) {
  Store store = open(&clock_);
  clock_.unix_ns = 1'700'000'000 * kSecondNs + kSecondNs - 1;  // 2023-11-14T22:13:20.999999999Z
  const auto first = store.new_run();
  clock_.unix_ns -= 5;
  const auto second = store.new_run();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->first, "20231114T221320-999999999");
  EXPECT_EQ(second->first, "20231114T221321-000000000");
}

TEST_F(ClockJumpTest, TheNewestMeasurementIsTheLastThatWasTaken) {
  Store store = open(&clock_);
  double taken = 0;
  for (const std::int64_t distance : {std::int64_t{0}, kYearNs, -kYearNs, std::int64_t{0}}) {
    jump_to(distance);
    ASSERT_TRUE(store.add_record("doc", latency(++taken)));
    const auto newest = store.newest_record(digest_of("doc"));
    ASSERT_TRUE(newest && *newest);
    EXPECT_EQ((*newest)->result.metrics.at("latency_p50_ms"), taken);
  }
}

TEST_F(ClockJumpTest, AFileFromTheFutureIsNotTrustedAndAChangeIsSeen) {
  const auto file = folder_.write("input", "one");
  for (const std::int64_t distance : {-kYearNs, -kSecondNs, std::int64_t{0}}) {
    jump_to(distance);  // Before the file was written: its age is negative.
    Store store = open(&clock_);
    EXPECT_EQ(*store.file_digest(file), digest_of("one"));
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_FALSE(StatCache(root() / "stat.db", "any").find(FileIdentity(status)));
  }
  jump_to(kYearNs);  // The file looks old now, and its digest is remembered …
  Store store = open(&clock_);
  EXPECT_EQ(*store.file_digest(file), digest_of("one"));
  folder_.write("input", "two");  // … which does not hide a change of the same size and of the true time.
  for (const std::int64_t distance : {kYearNs, std::int64_t{0}, -kYearNs}) {
    jump_to(distance);
    EXPECT_EQ(*store.file_digest(file), digest_of("two"));
  }
}

TEST_F(ClockJumpTest, WhatALivingSessionUsesStaysWhateverTheTime) {
  const Digest key = make("doc");
  for (const std::int64_t then : {-kYearNs, std::int64_t{0}, kYearNs}) {
    for (const std::int64_t now : {-kYearNs, std::int64_t{0}, kYearNs, 2 * kYearNs}) {
      jump_to(then);
      Store living = open(&clock_);
      ASSERT_TRUE(living.find(key)->has_value());
      const auto staging = living.stage();
      ASSERT_TRUE(staging);
      jump_to(now);
      collect(kDaySeconds, 0);
      EXPECT_TRUE(living.find(key)->has_value());
      EXPECT_TRUE(std::filesystem::exists(*staging));
    }
  }
}

TEST_F(ClockJumpTest, GcByAgeKeepsWhatSeemsToComeFromTheFuture) {
  jump_to(kYearNs);
  const Digest future = make("used in a year");
  jump_to(0);
  const Digest now = make("used now");
  EXPECT_EQ(collect(kDaySeconds, {}).results.count, 0U);
  EXPECT_TRUE(has(future));
  // Once the time has come it ages as everything does; by size it goes at any time.
  jump_to(kYearNs + 2 * kDaySeconds * kSecondNs);
  Store living = open(&clock_);
  ASSERT_TRUE(living.find(now)->has_value());
  EXPECT_EQ(collect(kDaySeconds, {}).results.count, 1U);
  EXPECT_FALSE(has(future));
  jump_to(-kYearNs);
  collect({}, 0);
  EXPECT_TRUE(living.find(now)->has_value());
  EXPECT_FALSE(has(future));
}

TEST_F(ClockJumpTest, AUseIsNeverForgottenForAnEarlierOne) {
  jump_to(0);
  const Digest key = make("doc");
  const Digest other = make("other");
  jump_to(-kYearNs);  // The clock goes back, and the key is used again.
  EXPECT_TRUE(has(key));
  jump_to(kSecondNs);
  EXPECT_EQ(collect(kDaySeconds, {}).results.count, 0U) << "its last use is the latest that is known";
  EXPECT_TRUE(has(key) && has(other));
}

TEST_F(ClockJumpTest, WhatIsBeingWrittenIsNoLeftoverAtAnyTime) {
  StoredOutput tree;
  {
    Store store = open(&clock_);
    ActionResult result;
    result.outputs.push_back(add_files(store, "t", {{"t/a", "1"}, {"t/b", "2"}}, "t"));
    ASSERT_TRUE(store.publish("doc", result));
    tree = result.outputs[0];
  }
  /// Lets a gc run at the instant in which a folder is being laid out, with a clock that is a year ahead.
  class CollectingFileSystem : public FileSystem {
   public:
    std::function<void()> collect;
    int fsync(int /*descriptor*/) override { return 0; }
    int link(const char* from, const char* to) override {
      if (collect) std::exchange(collect, nullptr)();
      return FileSystem::link(from, to);
    }
  } file_system;
  auto store = Store::open(root(), {&file_system, &clock_, {}});
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->find(digest_of("doc"))->has_value());
  bool collected = false;
  file_system.collect = [&] {
    jump_to(kYearNs);
    collect(kDaySeconds, 0);
    collected = true;
  };
  const auto path = store->path(tree);
  EXPECT_TRUE(collected);
  ASSERT_TRUE(path) << path.error().message << " " << path.error().where;
  EXPECT_EQ(test::read_file(*path / "a"), "1");
}

}  // namespace
}  // namespace mtc::store
