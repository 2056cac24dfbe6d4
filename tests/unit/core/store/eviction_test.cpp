// SPDX-License-Identifier: Apache-2.0
//
// The choice of what gc removes, on inventories written by hand.
#include "core/store/eviction.hpp"

#include <gtest/gtest.h>

namespace mtc::store {
namespace {

Digest name(char digit) { return Digest(64, digit); }

class EvictionTest : public testing::Test {
 protected:
  /// An entry of 0 bytes of its own, used at `used`, that needs `blobs`.
  void add(char key, std::int64_t used, const std::string& blobs, bool record = false) {
    Entry entry;
    entry.key = name(key);
    entry.record = record;
    entry.made_unix_s = used;
    for (const char blob : blobs) entry.blobs.push_back(name(blob));
    inventory_.entries.push_back(entry);
    if (!record) last_use_[name(key)] = used;
  }
  Eviction choose(const CollectPolicy& policy) {
    EvictionFacts facts;
    facts.now_unix_s = 1000;
    facts.last_use = [this](const Digest& key) { return last_use_.count(key) != 0 ? last_use_[key] : 0; };
    facts.in_use = [this](const Digest& key) { return in_use_.count(key) != 0; };
    facts.pinned = [this](const Digest& key) { return pinned_.count(key) != 0; };
    facts.run_in_use = [](const std::string& run) { return run == "live"; };
    return choose_evictions(inventory_, policy, facts);
  }
  static CollectPolicy up_to(std::uint64_t bytes) {
    CollectPolicy policy;
    policy.max_bytes = bytes;
    return policy;
  }
  static CollectPolicy older_than(std::int64_t seconds) {
    CollectPolicy policy;
    policy.older_than_s = seconds;
    return policy;
  }

  Inventory inventory_;
  std::map<Digest, std::int64_t> last_use_;
  std::set<Digest> in_use_;
  std::set<Digest> pinned_;
};

TEST_F(EvictionTest, TheLeastRecentlyUsedGoFirstAndNoMoreThanTheSizeAsksFor) {
  inventory_.blobs = {{name('1'), 100}, {name('2'), 100}, {name('3'), 100}};
  add('a', 30, "1");
  add('b', 10, "2");
  add('c', 20, "3");
  const auto eviction = choose(up_to(150));
  EXPECT_EQ(eviction.entries, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(eviction.bytes_left, 100U);
  EXPECT_TRUE(choose(up_to(300)).entries.empty());
}

TEST_F(EvictionTest, ASharedBlobIsFreedWithTheLastThatNeedsIt) {
  inventory_.blobs = {{name('1'), 100}, {name('2'), 10}};
  add('a', 10, "1");
  add('b', 20, "12");
  add('c', 30, "2");
  // Taking `a` alone frees nothing: `b` must go too.
  const auto eviction = choose(up_to(50));
  EXPECT_EQ(eviction.entries, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(eviction.bytes_left, 10U);
}

TEST_F(EvictionTest, WhatNothingNeedsCountsAsFreed) {
  inventory_.blobs = {{name('1'), 100}, {name('2'), 900}};
  add('a', 10, "1");
  const auto eviction = choose(up_to(100));
  EXPECT_TRUE(eviction.entries.empty());
  EXPECT_EQ(eviction.bytes_left, 100U);
}

TEST_F(EvictionTest, AgeCountsFromTheLastUse) {
  add('a', 899, "");
  add('b', 900, "");
  EXPECT_EQ(choose(older_than(100)).entries, std::vector<std::size_t>{0});
}

TEST_F(EvictionTest, WhatIsPinnedOrInUseStaysAndIsCounted) {
  add('a', 1, "");
  add('b', 2, "");
  add('c', 3, "");
  pinned_.insert(name('a'));
  in_use_.insert(name('b'));
  const auto eviction = choose(older_than(1));
  EXPECT_EQ(eviction.entries, std::vector<std::size_t>{2});
  EXPECT_EQ(eviction.pinned, std::vector<std::size_t>{0});
  EXPECT_EQ(eviction.in_use, std::vector<std::size_t>{1});
}

TEST_F(EvictionTest, OfMeasurementsOnlyTheNewestLivesOnItsUse) {
  add('a', 100, "", true);
  add('a', 200, "", true);
  last_use_[name('a')] = 990;
  EXPECT_EQ(choose(older_than(100)).entries, std::vector<std::size_t>{0});
}

TEST_F(EvictionTest, ADocumentOutlastsItsResultUntilItIsOldItself) {
  inventory_.documents = {{name('a'), 1}, {name('b'), 1}, {name('c'), 1}};
  add('a', 950, "");
  last_use_[name('b')] = 950;
  last_use_[name('c')] = 10;
  EXPECT_EQ(choose(older_than(100)).documents, std::vector<Digest>{name('c')});
  // Its result goes, so it may too where the size asks for it.
  EXPECT_EQ(choose(up_to(0)).documents.size(), 3U);
}

TEST_F(EvictionTest, RunsGoByAgeButNotTheOneThatGoesOn) {
  inventory_.runs = {{"old", 10, 1}, {"live", 10, 1}, {"young", 10, 999}};
  EXPECT_EQ(choose(older_than(100)).runs, std::vector<std::size_t>{0});
  const auto eviction = choose(up_to(0));
  EXPECT_EQ(eviction.runs, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(eviction.bytes_left, 10U);
}

}  // namespace
}  // namespace mtc::store
