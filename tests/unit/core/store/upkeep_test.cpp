// SPDX-License-Identifier: Apache-2.0
//
// Looking at a store: sizes, lists, one action, pins.
#include "core/store/upkeep.hpp"

#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

class UpkeepTest : public StoreFixture {
 protected:
  void SetUp() override { clock_.unix_ns = Clock::real().now_unix_ns(); }

  Digest make(const std::string& document, const std::string& content) {
    Store store = open(&clock_);
    ActionResult result;
    result.outputs.push_back(add_file(store, "x", content));
    result.metrics["top1"] = 0.5;
    EXPECT_TRUE(store.publish(document, result));
    return digest_of(document);
  }

  FixedClock clock_;
};

TEST_F(UpkeepTest, StatsAddUpToTheBytesOnDisk) {
  make("mtc-action 1\nkind stage\nname a\n", "content");
  Store store = open(&clock_);
  add_file(store, "x", "nobody needs it");
  const auto run = store.new_run();
  ASSERT_TRUE(run);
  write(run->second / "events.jsonl", "{}\n");
  const std::uint64_t on_disk = *bytes_under(root());
  const auto stats = Upkeep(store).stats();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->blobs.count, 2U);
  EXPECT_EQ(stats->blobs.bytes, 7U + 15U);
  EXPECT_EQ(stats->unreferenced.count, 1U);
  EXPECT_EQ(stats->unreferenced.bytes, 15U);
  EXPECT_EQ(stats->results.count, 1U);
  EXPECT_EQ(stats->documents.count, 1U);
  EXPECT_EQ(stats->runs.count, 1U);
  EXPECT_EQ(stats->sessions, 1U);
  EXPECT_EQ(stats->total_bytes, on_disk);
  EXPECT_EQ(*store.bytes(), on_disk);
}

TEST_F(UpkeepTest, TheListNamesKindNameAndLastUse) {
  const Digest first = make("mtc-action 1\nkind stage\nname quantize.ptq\n", "1");
  clock_.unix_ns += 1'000'000'000;
  const Digest second = make("mtc-action 1\nkind compile\nname cpu.portable\n", "22");
  Store store = open(&clock_);
  const auto list = Upkeep(store).list();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ((*list)[0].key, second);
  EXPECT_EQ((*list)[0].kind, "compile");
  EXPECT_EQ((*list)[0].name, "cpu.portable");
  EXPECT_EQ((*list)[0].bytes, 2U);
  EXPECT_EQ((*list)[0].used_unix_s, clock_.now_unix_s());
  EXPECT_EQ((*list)[1].key, first);
  EXPECT_TRUE((*list)[1].whole);
}

TEST_F(UpkeepTest, AResultWithoutItsBlobIsListedAsIncomplete) {
  make("doc", "content");
  std::filesystem::remove(blob(digest_of("content")));
  Store store = open(&clock_);
  EXPECT_FALSE(Upkeep(store).list()->at(0).whole);
}

TEST_F(UpkeepTest, APrefixOfAKeySuffices) {
  const Digest key = make("doc", "content");
  Store store = open(&clock_);
  const auto shown = Upkeep(store).show(key.substr(0, 6));
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->key, key);
  EXPECT_EQ(shown->document, "doc");
  ASSERT_EQ(shown->entries.size(), 1U);
  EXPECT_EQ(shown->entries[0].result.metrics.at("top1"), 0.5);
}

TEST_F(UpkeepTest, APrefixThatIsShortUnknownOrSharedIsRefused) {
  const Digest key = make("doc", "content");
  // A second document whose key begins with the same four digits.
  std::string other = "0";
  while (digest_of(other).substr(0, 4) != key.substr(0, 4)) other = std::to_string(std::stoul(other) + 1);
  make(other, "other content");
  Store store = open(&clock_);
  Upkeep upkeep(store);
  EXPECT_EQ(upkeep.show(key.substr(0, 3)).error().code, Code::invalid_argument);
  EXPECT_EQ(upkeep.show("../../etc").error().code, Code::invalid_argument);
  const auto shared = upkeep.show(key.substr(0, 4));
  ASSERT_FALSE(shared);
  EXPECT_EQ(shared.error().code, Code::already_exists);
  EXPECT_NE(shared.error().hint.find(key), std::string::npos);
  const std::string unknown = key.substr(0, 4) == "0000" ? "1111" : "0000";
  EXPECT_EQ(upkeep.show(unknown).error().code, Code::not_found);
}

TEST_F(UpkeepTest, ARunPinsAllOfItsActions) {
  const Digest one = make("one", "1");
  const Digest two = make("two", "2");
  Store store = open(&clock_);
  const auto run = store.new_run();
  write(run->second / "run.json",
        R"({"stages":[{"actions":[{"key":")" + one + R"("}]},{"actions":[{"key":")" + two + R"("}]}]})");
  Upkeep upkeep(store);
  const auto pinned = upkeep.pin(run->first);
  ASSERT_TRUE(pinned) << pinned.error().message;
  EXPECT_EQ(pinned->size(), 2U);
  EXPECT_EQ(upkeep.pins()->size(), 2U);
  ASSERT_TRUE(upkeep.unpin(one.substr(0, 8)));
  EXPECT_EQ(*upkeep.pins(), std::vector<Digest>{two});
  EXPECT_EQ(upkeep.pin("no such run").error().code, Code::not_found);
}

TEST_F(UpkeepTest, UnpinSaysOnlyWhatWasPinned) {
  const Digest key = make("doc", "content");
  Store store = open(&clock_);
  Upkeep upkeep(store);
  EXPECT_TRUE(upkeep.unpin(key)->empty());
  ASSERT_TRUE(upkeep.pin(key));
  EXPECT_EQ(*upkeep.unpin(key), std::vector<Digest>{key});
}

TEST_F(UpkeepTest, PinnedShowsInTheList) {
  const Digest key = make("doc", "content");
  Store store = open(&clock_);
  ASSERT_TRUE(Upkeep(store).pin(key));
  EXPECT_TRUE(Upkeep(store).list()->at(0).pinned);
  EXPECT_EQ(Upkeep(store).stats()->pinned, 1U);
}

}  // namespace
}  // namespace mtc::store
