// SPDX-License-Identifier: Apache-2.0
//
// Measurements and runs.
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

class RecordsTest : public StoreFixture {
 protected:
  static ActionResult with_latency(double milliseconds) {
    ActionResult result;
    result.metrics["latency_p50_ms"] = milliseconds;
    return result;
  }
  FixedClock clock_;
};

TEST_F(RecordsTest, TheNewestRecordOfAnActionIsGivenWithItsTime) {
  Store store = open(&clock_);
  clock_.unix_ns = 1'700'000'000'500'000'000;
  ASSERT_TRUE(store.add_record("doc", with_latency(1)));
  clock_.unix_ns += 1;
  ASSERT_TRUE(store.add_record("doc", with_latency(2)));
  ASSERT_TRUE(store.add_record("other", with_latency(3)));
  const auto record = store.newest_record(digest_of("doc"));
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->result.metrics.at("latency_p50_ms"), 2);
  EXPECT_EQ((*record)->unix_time, 1'700'000'000);
  EXPECT_EQ(*store.document(digest_of("doc")), "doc");
}

TEST_F(RecordsTest, ARecordIsNeverAHit) {
  Store store = open();
  ASSERT_TRUE(store.add_record("doc", with_latency(1)));
  EXPECT_FALSE(store.find(digest_of("doc"))->has_value());
}

TEST_F(RecordsTest, WithoutRecordsThereIsNone) {
  Store store = open();
  const auto record = store.newest_record(digest_of("doc"));
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->has_value());
}

TEST_F(RecordsTest, ADamagedRecordGivesWayToTheOneBefore) {
  Store store = open(&clock_);
  clock_.unix_ns = 1;
  ASSERT_TRUE(store.add_record("doc", with_latency(1)));
  const Digest key = digest_of("doc");
  folder_.write("store/records/" + key.substr(0, 2) + "/" + key + "/99999999999999999999-0.json", "{");
  const auto record = store.newest_record(key);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->result.metrics.at("latency_p50_ms"), 1);
  EXPECT_EQ(store.corrupt(), 1U);
}

TEST_F(RecordsTest, RunsSortByTimeEvenWithinOneTick) {
  Store store = open(&clock_);
  EXPECT_FALSE(store.newest_run()->has_value());
  clock_.unix_ns = 1'700'000'000'000'000'007;  // 2023-11-14 22:13:20 UTC.
  const auto first = store.new_run();
  const auto second = store.new_run();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->first, "20231114T221320-000000007");
  EXPECT_LT(first->first, second->first);
  EXPECT_TRUE(std::filesystem::is_directory(second->second));
  EXPECT_EQ(**store.newest_run(), second->second);
}

}  // namespace
}  // namespace mtc::store
