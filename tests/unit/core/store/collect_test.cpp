// SPDX-License-Identifier: Apache-2.0
//
// gc: what it removes, and what it never does.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/store/upkeep.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 24 * 3600 * kSecond;

class CollectTest : public StoreFixture {
 protected:
  void SetUp() override { clock_.unix_ns = Clock::real().now_unix_ns(); }

  /// Publishes, in a session of its own, a result of `document` with one file of `content`; gives its key.
  Digest make(const std::string& document, const std::string& content) {
    Store store = open(&clock_);
    ActionResult result;
    result.outputs.push_back(add_file(store, "x", content));
    EXPECT_TRUE(store.publish(document, result));
    return digest_of(document);
  }
  /// The same with a folder of two files.
  Digest make_folder(const std::string& document) {
    Store store = open(&clock_);
    ActionResult result;
    result.outputs.push_back(add_files(store, "t", {{"t/a", document}, {"t/b", "b"}}, "t"));
    EXPECT_TRUE(store.publish(document, result));
    EXPECT_TRUE(store.path(result.outputs.front()));
    return digest_of(document);
  }

  CollectReport collect(const CollectPolicy& policy, FileSystem* file_system = nullptr) {
    auto store = Store::open(root(), {file_system == nullptr ? &unsynced_ : file_system, &clock_});
    EXPECT_TRUE(store);
    auto report = Upkeep(*store).collect(policy, {});
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : CollectReport();
  }
  static CollectPolicy older_than(std::int64_t seconds) {
    CollectPolicy policy;
    policy.older_than_s = seconds;
    return policy;
  }
  static CollectPolicy nothing_but() {
    CollectPolicy policy;
    policy.max_bytes = 0;
    return policy;
  }
  bool has(const Digest& key) {
    Store store = open(&clock_);
    const auto found = store.find(key);
    return found && found->has_value();
  }

  FixedClock clock_;
};

TEST_F(CollectTest, WithoutALimitOnlyWhatNothingNeedsGoes) {
  const Digest kept = make("doc", "needed");
  {
    Store store = open(&clock_);
    add_file(store, "x", "never published");
  }
  const auto report = collect({});
  EXPECT_EQ(report.blobs.count, 1U);
  EXPECT_EQ(report.results.count, 0U);
  EXPECT_FALSE(std::filesystem::exists(blob(digest_of("never published"))));
  EXPECT_TRUE(has(kept));
}

TEST_F(CollectTest, WhatWasNotUsedForLongGoes) {
  const Digest old = make("old", "1");
  const Digest used = make("used", "2");
  clock_.unix_ns += 20 * kDay;
  EXPECT_TRUE(has(used));
  const Digest young = make("young", "3");
  clock_.unix_ns += 20 * kDay;
  const auto report = collect(older_than(30 * kDay / kSecond));
  EXPECT_EQ(report.results.count, 1U);
  EXPECT_EQ(report.blobs.count, 1U);
  EXPECT_FALSE(std::filesystem::exists(result(old)));
  EXPECT_FALSE(std::filesystem::exists(blob(digest_of("1"))));
  EXPECT_TRUE(has(used));
  EXPECT_TRUE(has(young));
}

TEST_F(CollectTest, ByTheSizeTheLeastRecentlyUsedGo) {
  std::vector<Digest> keys;
  for (int i = 0; i < 10; ++i) {
    clock_.unix_ns += kDay;
    keys.push_back(make("doc " + std::to_string(i), std::string(100'000, static_cast<char>('a' + i))));
  }
  clock_.unix_ns += kDay;
  EXPECT_TRUE(has(keys[0]));
  CollectPolicy policy;
  policy.max_bytes = 500'000;
  const auto report = collect(policy);
  EXPECT_LE(report.bytes_after, 500'000U);
  EXPECT_GT(report.bytes_after, 300'000U);
  EXPECT_TRUE(has(keys[0]));
  EXPECT_FALSE(has(keys[1]));
  EXPECT_TRUE(has(keys[9]));
  Store store = open(&clock_);
  EXPECT_EQ(*store.bytes(), report.bytes_after);
}

TEST_F(CollectTest, ASharedBlobStaysWithTheResultThatStays) {
  make("old", "shared");
  clock_.unix_ns += 2 * kDay;
  const Digest young = make("young", "shared");
  EXPECT_EQ(collect(older_than(kDay / kSecond)).results.count, 1U);
  EXPECT_TRUE(has(young));
}

TEST_F(CollectTest, WhatALivingSessionFoundStays) {
  const Digest file = make("file", "content");
  const Digest folder = make_folder("folder");
  make("other", "other");
  clock_.unix_ns += kDay;
  Store living = open(&clock_);
  const auto found = living.find(file);
  const auto tree = living.find(folder);
  ASSERT_TRUE(found && *found && tree && *tree);
  const auto laid_out = living.path((*tree)->outputs[0]);
  const auto report = collect(nothing_but());
  EXPECT_EQ(report.kept_in_use, 2U);
  EXPECT_EQ(report.results.count, 1U);
  EXPECT_EQ(test::read_file(*living.path((*found)->outputs[0])), "content");
  EXPECT_EQ(test::read_file(*laid_out / "a"), "folder");
}

TEST_F(CollectTest, WhatALivingSessionAddedStaysBeforeItIsPublished) {
  Store living = open(&clock_);
  ActionResult result;
  result.outputs.push_back(add_files(living, "t", {{"t/a", "1"}, {"t/b", "2"}}, "t"));
  clock_.unix_ns += kDay;
  collect(nothing_but());
  EXPECT_TRUE(living.publish("doc", result));
  EXPECT_TRUE(living.path(result.outputs[0]));
}

TEST_F(CollectTest, ABlobThatALivingSessionTakesOverStays) {
  make("old", "same content");
  Store living = open(&clock_);
  clock_.unix_ns += kDay;
  ActionResult result;
  result.outputs.push_back(add_file(living, "x", "same content"));
  collect(nothing_but());
  EXPECT_TRUE(living.publish("new", result));
}

TEST_F(CollectTest, AMissOfALivingSessionIsMadeAnewBesideGc) {
  const Digest key = make("doc", "content");
  clock_.unix_ns += kDay;
  collect(nothing_but());
  Store living = open(&clock_);
  EXPECT_FALSE(living.find(key)->has_value());
  ActionResult result;
  result.outputs.push_back(add_file(living, "x", "content"));
  ASSERT_TRUE(living.publish("doc", result));
  collect(nothing_but());
  EXPECT_TRUE(living.find(key)->has_value());
}

TEST_F(CollectTest, WhatIsPinnedStays) {
  const Digest key = make("doc", "content");
  const Digest other = make("other", "other");
  {
    Store store = open(&clock_);
    ASSERT_TRUE(Upkeep(store).pin(key));
  }
  clock_.unix_ns += kDay;
  EXPECT_EQ(collect(nothing_but()).kept_pinned, 1U);
  EXPECT_TRUE(has(key));
  EXPECT_FALSE(has(other));
  {
    Store store = open(&clock_);
    ASSERT_TRUE(Upkeep(store).unpin(key));
  }
  collect(nothing_but());
  EXPECT_FALSE(has(key));
}

TEST_F(CollectTest, ADryRunSaysTheSameAndRemovesNothing) {
  const Digest key = make_folder("doc");
  clock_.unix_ns += kDay;
  CollectPolicy policy = nothing_but();
  policy.dry_run = true;
  const auto dry = collect(policy);
  EXPECT_EQ(dry.results.count, 1U);
  EXPECT_EQ(dry.blobs.count, 3U);
  EXPECT_EQ(dry.trees.count, 1U);
  EXPECT_TRUE(std::filesystem::exists(result(key)));
  const auto real = collect(nothing_but());
  EXPECT_EQ(real.results.count, dry.results.count);
  EXPECT_EQ(real.blobs.bytes, dry.blobs.bytes);
  EXPECT_EQ(files_under("cas") + files_under("ac") + files_under("trees") + files_under("actions"), 0U);
}

TEST_F(CollectTest, MeasurementsAndRunsGoByAge) {
  {
    Store store = open(&clock_);
    ActionResult result;
    result.metrics["latency_p50_ms"] = 1;
    ASSERT_TRUE(store.add_record("doc", result));
    ASSERT_TRUE(store.new_run());
  }
  EXPECT_EQ(collect(older_than(kDay / kSecond)).records.count, 0U);
  clock_.unix_ns += 2 * kDay;
  const auto report = collect(older_than(kDay / kSecond));
  EXPECT_EQ(report.records.count, 1U);
  EXPECT_EQ(report.runs.count, 1U);
  EXPECT_EQ(files_under("records"), 0U);
}

TEST_F(CollectTest, TheRunThatGoesOnStays) {
  Store living = open(&clock_);
  const auto run = living.new_run();
  ASSERT_TRUE(run);
  clock_.unix_ns += 2 * kDay;
  EXPECT_EQ(collect(nothing_but()).runs.count, 0U);
  EXPECT_TRUE(std::filesystem::exists(run->second));
}

TEST_F(CollectTest, OnlyOneWorksAtATime) {
  make("doc", "content");
  Store store = open(&clock_);
  bool tried = false;
  CollectPolicy policy = nothing_but();
  clock_.unix_ns += kDay;
  const auto report = Upkeep(store).collect(policy, [&](auto&&...) {
    tried = true;
    Store other = open(&clock_);
    const auto second = Upkeep(other).collect(policy, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::unavailable);
    EXPECT_EQ(Upkeep(other).verify(false, {}).error().code, Code::unavailable);
  });
  ASSERT_TRUE(report);
  EXPECT_TRUE(tried);
}

/// Kills the process at rename number `at`.
class KillingFileSystem : public FileSystem {
 public:
  explicit KillingFileSystem(int at) : at_(at) {}
  int fsync(int /*descriptor*/) override { return 0; }
  int rename(const char* from, const char* to) override {
    if (calls_++ == at_) ::kill(::getpid(), SIGKILL);
    return FileSystem::rename(from, to);
  }

 private:
  int at_;
  int calls_ = 0;
};

TEST_F(CollectTest, AKillAtAnyInstantLeavesNoResultWithoutItsBlobs) {
  bool killed = true;
  int at = 0;
  for (; killed; ++at) {
    ASSERT_TRUE(remove_tree(root()));
    for (const char* document : {"one", "two"}) {
      make(document, std::string("content of ") + document);
      make_folder(std::string("folder ") + document);
    }
    clock_.unix_ns += kDay;
    const pid_t child = ::fork();
    if (child == 0) {
      KillingFileSystem killing(at);
      auto store = Store::open(root(), {&killing, &clock_});
      ::_exit(store && Upkeep(*store).collect(nothing_but(), {}) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed = WIFSIGNALED(status);
    EXPECT_TRUE(killed || status == 0) << status;
    Store store = open(&clock_);
    const auto report = Upkeep(store).verify(false, {});
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->damage.empty()) << "after a kill at rename " << at << ": " << report->damage[0].what;
    clock_.unix_ns += kDay;
    collect(nothing_but());
    EXPECT_EQ(files_under("cas") + files_under("ac") + files_under("trees"), 0U);
  }
  EXPECT_GT(at, 10);
}

}  // namespace
}  // namespace mtc::store
