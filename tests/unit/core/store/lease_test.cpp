// SPDX-License-Identifier: Apache-2.0
//
// What a session says that it uses, and what is known of that later.
#include "core/store/lease.hpp"

#include "core/store/use_log.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

const Digest kKeyA(64, 'a');
const Digest kKeyB(64, 'b');

Use key(const Digest& digest) { return {Use::Kind::key, digest}; }

class LeaseTest : public StoreFixture {
 protected:
  [[nodiscard]] std::size_t files() const { return files_under("uses"); }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(layout_.uses()))
      all += test::read_file(entry.path());
    return all;
  }
  void SetUp() override { clock_.unix_ns = 1'700'000'000'000'000'000; }

  FixedClock clock_;
  Layout layout_{root()};
};

TEST_F(LeaseTest, ALineIsWrittenOnceForEachNameAndReadsBack) {
  ASSERT_TRUE(make_directories(root()));
  Lease lease(layout_, unsynced_, clock_);
  ASSERT_TRUE(lease.use({key(kKeyA), {Use::Kind::blob, kKeyB}, {Use::Kind::run, "20250131T120000-1"}}));
  ASSERT_TRUE(lease.use({key(kKeyA)}));
  EXPECT_EQ(text(), "1700000000 key " + kKeyA + "\n1700000000 blob " + kKeyB +
                        "\n1700000000 run 20250131T120000-1\n");
  const auto dated = parse_use("1700000000 key " + kKeyA);
  ASSERT_TRUE(dated);
  EXPECT_EQ(dated->unix_s, 1'700'000'000);
  EXPECT_EQ(dated->use, key(kKeyA));
}

TEST_F(LeaseTest, ALineCutShortIsNoUse) {
  for (const std::string& line : {"1700000000 key " + kKeyA.substr(1), std::string("1700000000 key"),
                                  "x key " + kKeyA, "1700000000 thing " + kKeyA, std::string()})
    EXPECT_FALSE(parse_use(line)) << line;
}

TEST_F(LeaseTest, WhatALivingSessionNamesIsInUse) {
  ASSERT_TRUE(make_directories(root()));
  UseLog log(layout_);
  Lease lease(layout_, unsynced_, clock_);
  ASSERT_TRUE(lease.use({key(kKeyA)}));
  ASSERT_TRUE(log.read());
  EXPECT_TRUE(log.in_use(key(kKeyA)));
  EXPECT_FALSE(log.in_use(key(kKeyB)));
  // What it names later, and what a session names that began later.
  ASSERT_TRUE(lease.use({key(kKeyB)}));
  Lease late(layout_, unsynced_, clock_);
  ASSERT_TRUE(late.use({{Use::Kind::blob, kKeyA}}));
  const auto fresh = log.read_more();
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->size(), 2U);
  EXPECT_TRUE(log.in_use(key(kKeyB)));
  EXPECT_TRUE(log.in_use({Use::Kind::blob, kKeyA}));
}

TEST_F(LeaseTest, OfAnEndedSessionTheTimeRemains) {
  ASSERT_TRUE(make_directories(root()));
  {
    Lease lease(layout_, unsynced_, clock_);
    ASSERT_TRUE(lease.use({key(kKeyA)}));
    clock_.unix_ns += 60'000'000'000;
    ASSERT_TRUE(lease.use({key(kKeyB)}));
  }
  UseLog log(layout_);
  ASSERT_TRUE(log.read());
  EXPECT_FALSE(log.in_use(key(kKeyA)));
  EXPECT_EQ(log.last_use(kKeyA), 1'700'000'000);
  EXPECT_EQ(log.last_use(kKeyB), 1'700'000'060);
}

TEST_F(LeaseTest, FoldingKeepsTheLatestUseOfTheKeysThatAreWanted) {
  ASSERT_TRUE(make_directories(root()));
  for (int i = 0; i < 3; ++i) {
    Lease lease(layout_, unsynced_, clock_);
    ASSERT_TRUE(lease.use({key(kKeyA), key(kKeyB), {Use::Kind::blob, kKeyA}}));
    clock_.unix_ns += 1'000'000'000;
  }
  UseLog log(layout_);
  ASSERT_TRUE(log.read());
  ASSERT_TRUE(log.fold([](const Digest& digest) { return digest == kKeyA; }));
  EXPECT_EQ(text(), "1700000002 key " + kKeyA + "\n");
  UseLog later(layout_);
  ASSERT_TRUE(later.read());
  EXPECT_EQ(later.last_use(kKeyA), 1'700'000'002);
  EXPECT_EQ(later.last_use(kKeyB), 0);
}

TEST_F(LeaseTest, FilesOfEndedSessionsDoNotPileUp) {
  ASSERT_TRUE(make_directories(root()));
  for (int i = 0; i < 300; ++i) {
    Lease lease(layout_, unsynced_, clock_);
    ASSERT_TRUE(lease.use({key(kKeyA)}));
  }
  EXPECT_LT(files(), 150U);
}

TEST_F(LeaseTest, WhatFollowsATornLineIsRead) {
  ASSERT_TRUE(make_directories(root()));
  class TearingFileSystem : public FileSystem {
   public:
    int calls = 0;
    ssize_t write(int descriptor, const void* data, std::size_t size) override {
      if (++calls == 1) return FileSystem::write(descriptor, data, size / 2);
      if (calls > 2) return FileSystem::write(descriptor, data, size);
      errno = ENOSPC;
      return -1;
    }
  } tearing;
  Lease lease(layout_, tearing, clock_);
  EXPECT_EQ(lease.use({key(kKeyA)}).error().code, Code::resource_exhausted);
  ASSERT_TRUE(lease.use({key(kKeyB)}));
  UseLog log(layout_);
  ASSERT_TRUE(log.read());
  EXPECT_FALSE(log.in_use(key(kKeyA)));
  EXPECT_TRUE(log.in_use(key(kKeyB)));
}

}  // namespace
}  // namespace mtc::store
