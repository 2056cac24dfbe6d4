// SPDX-License-Identifier: Apache-2.0
//
// A disk that fails once, at each single call of everything that writes: the error is named, the store stays
// right, and the same thing goes well afterwards. (One action from staging to result: faults_test.cpp.)
#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>

#include "core/store/upkeep.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

/// Fails at call number `at` with `number`. A write that fails has written one byte before, as a disk that
/// fills up does.
class BreakingFileSystem : public FileSystem {
 public:
  BreakingFileSystem(int at, int number) : at_(at), number_(number) {}
  int open(const char* path, int flags, mode_t mode) override {
    return due() ? -1 : FileSystem::open(path, flags, mode);
  }
  ssize_t write(int descriptor, const void* data, std::size_t size) override {
    if (torn_) {
      torn_ = false;
      errno = number_;
      return -1;
    }
    if (!due()) return FileSystem::write(descriptor, data, size);
    torn_ = true;
    return FileSystem::write(descriptor, data, std::min<std::size_t>(size, 1));
  }
  int fsync(int /*descriptor*/) override { return due() ? -1 : 0; }
  int rename(const char* from, const char* to) override { return due() ? -1 : FileSystem::rename(from, to); }
  int exchange(const char* a, const char* b) override { return due() ? -1 : FileSystem::exchange(a, b); }
  int link(const char* from, const char* to) override { return due() ? -1 : FileSystem::link(from, to); }
  /// Whether the fault happened.
  [[nodiscard]] bool fired() const { return calls_ > at_; }

 private:
  bool due() {
    errno = number_;
    return calls_++ == at_;
  }
  int at_;
  int number_;
  int calls_ = 0;
  bool torn_ = false;
};

/// Never writes more than three bytes at once.
class ShortFileSystem : public FileSystem {
 public:
  ssize_t write(int descriptor, const void* data, std::size_t size) override {
    shortened += size > 3 ? 1U : 0U;
    return FileSystem::write(descriptor, data, std::min<std::size_t>(size, 3));
  }
  int fsync(int /*descriptor*/) override { return 0; }
  int clone(int /*from*/, int /*to*/) override {
    errno = EOPNOTSUPP;
    return -1;
  }
  std::size_t shortened = 0;
};

class BrokenDiskTest : public StoreFixture {
 protected:
  using Work = std::function<Result<void>(Store&)>;

  /// Makes two results of a file and a folder each.
  void fill() {
    ASSERT_TRUE(remove_tree(root()));
    ASSERT_TRUE(remove_tree(folder_ / "out"));
    ASSERT_TRUE(make_directories(folder_ / "out"));
    Store store = open();
    for (const std::string document : {"one", "two"}) {
      ActionResult result;
      result.outputs.push_back(add_file(store, "f", "content of " + document));
      result.outputs.push_back(add_files(store, "t", {{"t/a", "1" + document}, {"t/sub/b", "2"}}, "t"));
      ASSERT_TRUE(store.publish(document, result));
    }
  }
  void expect_right(const std::string& when) {
    Store store = open();
    const auto report = Upkeep(store).verify(false, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->damage.empty()) << when << ": " << report->damage[0].what;
    EXPECT_EQ(store.corrupt(), 0U);
  }
  /// Lets every single call of `work` fail once; at least `least` calls.
  void fail_everywhere(const Work& work, int least) {
    for (const int number : {EIO, ENOSPC}) {
      int at = 0;
      for (bool fired = true; fired; ++at) {
        const std::string when = "call " + std::to_string(at) + " with errno " + std::to_string(number);
        fill();
        BreakingFileSystem breaking(at, number);
        auto store = Store::open(root(), {&breaking, nullptr, {}});
        ASSERT_TRUE(store);
        const auto worked = work(*store);
        fired = breaking.fired();
        // A call that can be done without may fail unseen; an error says what it is.
        EXPECT_TRUE(fired || worked) << when;
        if (!worked) {
          EXPECT_EQ(worked.error().code, number == EIO ? Code::data_loss : Code::resource_exhausted) << when;
          EXPECT_FALSE(worked.error().where.empty()) << when;
          EXPECT_FALSE(worked.error().hint.empty()) << when;
        }
        store = open();
        expect_right(when);
        EXPECT_TRUE(work(*store)) << "not well after " << when;
      }
      EXPECT_GT(at, least);
    }
  }
  static Result<ActionResult> find(Store& store, const char* document) {
    MTC_ASSIGN(auto found, store.find(digest_of(document)));
    if (!found) return Error{Code::not_found, "it is gone", {}, {}};
    return *std::move(found);
  }
};

TEST_F(BrokenDiskTest, UnderCopiesForPeople) {
  fail_everywhere(
      [this](Store& store) -> Result<void> {
        MTC_ASSIGN(const auto one, find(store, "one"));
        MTC_ASSIGN(const auto two, find(store, "two"));
        // Each over what is there already, too.
        for (const auto* result : {&one, &two}) {
          MTC_TRY(store.materialise(result->outputs[0], folder_ / "out/f"));
          MTC_TRY(store.materialise(result->outputs[1], folder_ / "out/t"));
        }
        EXPECT_EQ(test::read_file(folder_ / "out/f"), "content of two");
        EXPECT_EQ(test::read_file(folder_ / "out/t/a"), "1two");
        EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "out"), {}), 2);
        return {};
      },
      15);
}

TEST_F(BrokenDiskTest, UnderFoldersThatAreLaidOut) {
  fail_everywhere(
      [](Store& store) -> Result<void> {
        MTC_ASSIGN(const auto one, find(store, "one"));
        MTC_ASSIGN(const auto path, store.path(one.outputs[1]));
        EXPECT_EQ(test::read_file(path / "a"), "1one");
        return {};
      },
      3);
}

TEST_F(BrokenDiskTest, UnderMeasurementsAndRuns) {
  fail_everywhere(
      [](Store& store) -> Result<void> {
        ActionResult result;
        result.seconds = Store::kDurableSeconds;
        MTC_TRY(store.add_record("measured", result));
        MTC_TRY(store.new_run());
        return {};
      },
      8);
}

TEST_F(BrokenDiskTest, UnderGc) {
  fail_everywhere(
      [](Store& store) -> Result<void> {
        CollectPolicy policy;
        policy.max_bytes = 0;
        MTC_TRY(Upkeep(store).collect(policy, {}));
        return {};
      },
      8);
}

TEST_F(BrokenDiskTest, UnderPins) {
  fail_everywhere(
      [](Store& store) -> Result<void> {
        MTC_TRY(Upkeep(store).pin(digest_of("one")));
        return {};
      },
      2);
}

TEST_F(BrokenDiskTest, ShortWritesAreContinuedEverywhere) {
  fill();
  ShortFileSystem shortening;
  {
    auto store = Store::open(root(), {&shortening, nullptr, {}});
    ASSERT_TRUE(store);
    ActionResult result;
    result.seconds = Store::kDurableSeconds;
    result.outputs.push_back(add_files(*store, "t", {{"t/a", "long enough"}}, "t"));
    ASSERT_TRUE(store->publish("three", result));
    ASSERT_TRUE(store->add_record("four", result));
    ASSERT_TRUE(store->materialise(result.outputs[0], folder_ / "out/t"));
    ASSERT_TRUE(Upkeep(*store).pin(digest_of("three")));
  }
  EXPECT_GT(shortening.shortened, 5U);
  EXPECT_EQ(test::read_file(folder_ / "out/t/a"), "long enough");
  expect_right("short writes");
  Store store = open();
  EXPECT_TRUE(find(store, "three"));
}

}  // namespace
}  // namespace mtc::store
