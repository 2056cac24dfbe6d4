// SPDX-License-Identifier: Apache-2.0
//
// Disks that are full or read-only under the real mtc: it says so, exits with 7, keeps nothing wrong, and
// goes on where there is space again.
#include <fcntl.h>

#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/faults/private_mounts.hpp"
#include "tests/faults/work.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;

constexpr int kUnavailable = 7;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kEnough = 256 * kMiB;
constexpr const char* kFull = "No space left on device";
constexpr const char* kReadOnly = "Read-only file system";

class DiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto refused = refuses_private_mounts(); !refused.empty())
      GTEST_SKIP() << "this needs file systems of its own, and they cannot be had here: " << refused;
    box_.use_conformance_plugins();
  }
  /// What a run leaves whose disk is large enough.
  std::map<std::string, std::string> artifacts_elsewhere(const std::string& pipeline) {
    Sandbox calm;
    calm.use_conformance_plugins();
    const auto outcome = calm.run(pipeline, {"--out", "out"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return digests_below(calm / "out");
  }
  void expect_clean() {
    const auto verified = box_.mtc({"cache", "verify"});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  }
  /// Runs `pipeline` with a store of `bytes`, then with one that is large enough; false when the first run
  /// needed no more.
  bool fails_in(std::uint64_t bytes, const std::string& pipeline,
                const std::map<std::string, std::string>& artifacts) {
    SCOPED_TRACE("store of " + std::to_string(bytes) + " bytes");
    fs::remove_all(box_ / "out");
    const auto disk = Mount::small(box_ / "store", bytes);
    const auto failed = box_.run(pipeline, {"--out", "out"});
    if (failed.exit_code != 0) {
      EXPECT_EQ(failed.exit_code, kUnavailable) << failed.err;
      // What the kernel says, or a plugin's own words for it.
      EXPECT_THAT(failed.err, AnyOf(HasSubstr(kFull), HasSubstr("space")));
      EXPECT_THAT(failed.err, HasSubstr("hint: "));
      disk.resize(bytes + kMiB);  // For the locks that verify takes.
      expect_clean();
    }
    disk.resize(kEnough);
    const auto next = box_.run(pipeline, {"--out", "out"});
    EXPECT_EQ(next.exit_code, 0) << next.err;
    EXPECT_EQ(digests_below(box_ / "out"), artifacts);
    expect_clean();
    return failed.exit_code != 0;
  }

  Sandbox box_;
};

TEST_F(DiskTest, AStoreThatFillsUpAtAnyPointIsNamedAndTheNextRunCompletes) {
  const auto pipeline = pieces_pipeline(1, 16);
  const auto artifacts = artifacts_elsewhere(pipeline);
  int failures = 0;
  std::uint64_t bytes = 8192;
  // Closely where the store is made, then in steps through all stages.
  for (bool failed = true; failed; bytes += bytes < 60'000 ? 8192 : 900'000) {
    failed = fails_in(bytes, pipeline, artifacts);
    failures += failed ? 1 : 0;
    ASSERT_FALSE(testing::Test::HasFailure()) << "with a store of " << bytes << " bytes";
  }
  EXPECT_GE(failures, 10);
}

TEST_F(DiskTest, AFullDiskStopsRealStagesWithTheSameExitCode) {
  const auto pipeline = compiling_pipeline(1);
  const auto artifacts = artifacts_elsewhere(pipeline);
  int failures = 0;
  // In drawing images, in pruning and in the linker of the C compiler.
  for (const std::uint64_t bytes : {100'000U, 120'000U, 180'000U, 240'000U})
    failures += fails_in(bytes, pipeline, artifacts) ? 1 : 0;
  EXPECT_GE(failures, 3);
}

TEST_F(DiskTest, AFullFolderOfOutputsIsNamedAndKeepsTheResults) {
  const auto pipeline = pieces_pipeline(2, 16);
  const auto artifacts = artifacts_elsewhere(pipeline);
  const auto disk = Mount::small(box_ / "out", 2 * kMiB);
  const auto failed = box_.run(pipeline, {"--out", "out"});
  EXPECT_EQ(failed.exit_code, kUnavailable) << failed.err;
  EXPECT_THAT(failed.err, HasSubstr(kFull));
  EXPECT_THAT(failed.err, HasSubstr((box_ / "out").string()));
  expect_clean();
  disk.resize(kEnough);
  const auto next = box_.run(pipeline, {"--out", "out"});
  EXPECT_EQ(next.exit_code, 0) << next.err;
  EXPECT_EQ(statuses_of(next.json()).at("first"), "hit");
  EXPECT_EQ(digests_below(box_ / "out"), artifacts);
}

TEST_F(DiskTest, GcMakesSpaceOnAFullDisk) {
  const auto disk = Mount::small(box_ / "store", 16 * kMiB);
  ASSERT_EQ(box_.run(pieces_pipeline(3, 16), {"--out", "out"}).exit_code, 0);
  {
    std::ofstream filler(box_ / "store/filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  const auto failed = box_.run(pieces_pipeline(4, 16), {"--out", "out"});
  EXPECT_EQ(failed.exit_code, kUnavailable) << failed.err;
  EXPECT_THAT(failed.err, HasSubstr(kFull));
  const auto collected = box_.mtc({"cache", "gc", "--max-size", "0"});
  EXPECT_EQ(collected.exit_code, 0) << collected.err;
  expect_clean();
  fs::remove(box_ / "store/filler");
  const auto next = box_.run(pieces_pipeline(4, 16), {"--out", "out"});
  EXPECT_EQ(next.exit_code, 0) << next.err;
}

TEST_F(DiskTest, AReadOnlyStoreIsRefusedAndNotTouched) {
  const auto pipeline = pieces_pipeline(5, 16);
  ASSERT_EQ(box_.run(pipeline).exit_code, 0);
  const auto before = digests_below(box_ / "store");
  {
    const auto mount = Mount::read_only(box_ / "store");
    ASSERT_EQ(::open((box_ / "store/x").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), -1);
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"run", "p.toml"},
                                                                       {"plan", "p.toml"},
                                                                       {"cache", "gc", "--max-size", "0"},
                                                                       {"cache", "verify"}}) {
      const auto refused = box_.mtc(arguments);
      EXPECT_EQ(refused.exit_code, kUnavailable) << refused.err;
      EXPECT_THAT(refused.err, HasSubstr(kReadOnly));
      EXPECT_THAT(refused.err, HasSubstr((box_ / "store").string()));
      EXPECT_THAT(refused.err, HasSubstr("MTC_STORE"));
    }
  }
  EXPECT_EQ(digests_below(box_ / "store"), before);
  const auto next = box_.run(pipeline);
  EXPECT_EQ(next.exit_code, 0) << next.err;
  EXPECT_EQ(statuses_of(next.json()).at("last"), "hit");
}

TEST_F(DiskTest, AStoreThatBecomesReadOnlyUnderARunIsNamedAndNothingIsPublished) {
  const std::string pipeline =
      "mtc = 1\n[stage.only]\nuses = \"convert.pieces\"\nwith = { seed = 6, linger_ms = 1000 }\n";
  box_.write("p.toml", pipeline);
  ASSERT_EQ(box_.mtc({"cache", "stats"}).exit_code, 0);
  std::optional<Outcome> failed;
  {
    auto running = box_.start({"run", "p.toml", "--json"});
    ASSERT_TRUE(running.wait_for_event("worker.started"));
    while (filled_files_below(box_ / "store/tmp") == 0 && !running.ended()) {
    }
    const auto mount = Mount::read_only(box_ / "store");
    failed = running.finish();
  }
  EXPECT_EQ(failed->exit_code, kUnavailable) << failed->err;
  EXPECT_THAT(failed->err, HasSubstr(kReadOnly));
  EXPECT_TRUE(box_.stored().empty());
  expect_clean();
  EXPECT_EQ(box_.run(pipeline).exit_code, 0);
}

}  // namespace
}  // namespace mtc::test
