// SPDX-License-Identifier: Apache-2.0
//
// verify: every kind of damage is found, named and repaired; nothing else is touched.
#include <sys/stat.h>

#include "core/store/stat_cache.hpp"
#include "core/store/upkeep.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

namespace fs = std::filesystem;

class VerifyTest : public StoreFixture {
 protected:
  void SetUp() override {
    Store store = open();
    ActionResult one;
    one.outputs.push_back(add_file(store, "model.onnx", "weights"));
    ASSERT_TRUE(store.publish("one", one));
    ActionResult two;
    two.outputs.push_back(add_files(store, "t", {{"t/a", "a"}, {"t/sub/b", "bb"}}, "t"));
    ASSERT_TRUE(store.publish("two", two));
    tree_ = two.outputs[0].digest;
    ASSERT_TRUE(store.path(two.outputs[0]));
    ActionResult record;
    record.outputs.push_back(add_file(store, "timings", "timings"));
    ASSERT_TRUE(store.add_record("three", record));
  }

  VerifyReport verify(bool repair = false) {
    Store store = open();
    auto report = Upkeep(store).verify(repair, {});
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : VerifyReport();
  }
  static std::vector<std::string> kinds(const VerifyReport& report) {
    std::vector<std::string> list;
    for (const Damage& damage : report.damage) list.push_back(damage.kind);
    return list;
  }
  [[nodiscard]] fs::path tree() const { return root() / "trees" / tree_.substr(0, 2) / tree_; }
  [[nodiscard]] fs::path document(const std::string& text) const {
    const Digest key = digest_of(text);
    return root() / "actions" / key.substr(0, 2) / key;
  }
  /// Repairs, and checks that everything is well after that.
  void expect_repair(std::size_t moved) {
    const auto report = verify(true);
    EXPECT_EQ(report.damage.size(), moved);
    EXPECT_TRUE(report.clean());
    EXPECT_TRUE(verify().damage.empty());
  }

  using Kinds = std::vector<std::string>;
  Digest tree_;
};

TEST_F(VerifyTest, AWholeStoreIsCleanAndCounted) {
  const auto report = verify();
  EXPECT_TRUE(report.clean());
  EXPECT_TRUE(report.damage.empty());
  EXPECT_EQ(report.blobs.count, 5U);
  EXPECT_EQ(report.results, 2U);
  EXPECT_EQ(report.records, 1U);
  EXPECT_EQ(report.documents, 3U);
  EXPECT_EQ(report.trees, 1U);
}

TEST_F(VerifyTest, ADamagedBlobTakesItsResultAlong) {
  damage(blob(digest_of("weights")), "WEIGHTS");
  const auto report = verify();
  EXPECT_EQ(kinds(report), (Kinds{"blob", "result"}));
  EXPECT_FALSE(report.clean());
  EXPECT_TRUE(fs::exists(result(digest_of("one"))));  // Without --repair nothing is touched.
  EXPECT_EQ(files_under("tmp"), 0U);
  expect_repair(2);
  EXPECT_FALSE(fs::exists(result(digest_of("one"))));
  EXPECT_TRUE(fs::exists(result(digest_of("two"))));
  EXPECT_EQ(files_under("tmp/quarantine"), 2U);
}

TEST_F(VerifyTest, DamageIsFoundWhateverStatDbSays) {
  const auto file = blob(digest_of("weights"));
  damage(file, "WEIGHTS");
  struct stat status {};
  ASSERT_EQ(::lstat(file.c_str(), &status), 0);
  StatCache(root() / "stat.db", "boot").record_synced(FileIdentity(status), digest_of("weights"));
  EXPECT_EQ(kinds(verify()), (Kinds{"blob", "result"}));
}

TEST_F(VerifyTest, AMissingBlobIsDamageOfWhatNeedsIt) {
  fs::remove(blob(digest_of("timings")));
  EXPECT_EQ(kinds(verify()), Kinds{"record"});
  expect_repair(1);
}

TEST_F(VerifyTest, ADamagedListingTakesResultAndFolderAlong) {
  damage(blob(tree_), "no listing");
  EXPECT_EQ(kinds(verify()), (Kinds{"blob", "result", "tree"}));
  expect_repair(3);
  EXPECT_FALSE(fs::exists(tree()));
}

TEST_F(VerifyTest, AnAlteredResultIsFound) {
  const auto file = result(digest_of("one"));
  std::string text = test::read_file(file);
  text.replace(text.find("model"), 5, "MODEL");
  damage(file, text);
  EXPECT_EQ(kinds(verify()), Kinds{"result"});
  expect_repair(1);
}

TEST_F(VerifyTest, AnAlteredDocumentIsFound) {
  damage(document("one"), "ONE");
  EXPECT_EQ(kinds(verify()), Kinds{"document"});
  expect_repair(1);
  Store store = open();
  EXPECT_TRUE(store.find(digest_of("one"))->has_value());
}

TEST_F(VerifyTest, AFileTooManyInAFolderIsFound) {
  write(tree() / "extra", "x");
  EXPECT_EQ(kinds(verify()), Kinds{"tree"});
  expect_repair(1);
}

TEST_F(VerifyTest, AFileOfAFolderThatIsNoLinkOfItsBlobIsRead) {
  fs::remove(tree() / "a");
  write(tree() / "a", "A");
  EXPECT_EQ(kinds(verify()), Kinds{"tree"});
  fs::remove(tree() / "a");
  write(tree() / "a", "a");
  EXPECT_TRUE(verify().damage.empty());
}

TEST_F(VerifyTest, ProgressEndsBelowTheTotal) {
  Store store = open();
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  ASSERT_TRUE(Upkeep(store).verify(
      false, [&](std::string_view, std::uint64_t done, std::uint64_t total, std::string_view unit) {
        EXPECT_EQ(unit, "bytes");
        EXPECT_GE(done, last);
        EXPECT_LT(done, total);
        last = done;
        all = total;
      }));
  EXPECT_GT(all, 0U);
}

}  // namespace
}  // namespace mtc::store
