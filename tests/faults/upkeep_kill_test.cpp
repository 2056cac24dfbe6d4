// SPDX-License-Identifier: Apache-2.0
//
// SIGKILL of `mtc cache gc` and of `mtc cache verify --repair` at random instants: what they were about to
// remove is whole or gone. MTC_KILLS says how often, MTC_SEED repeats a sequence.
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <random>

#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/faults/work.hpp"
#include "tests/support/seed.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 6;
constexpr int kMostRounds = 4;  ///< Chance decides whether a kill comes in time.
constexpr std::uint64_t kWorks = 3;
constexpr int kPieces = 16;

class UpkeepKill : public testing::Test {
 protected:
  void SetUp() override { box_.use_conformance_plugins(); }
  [[nodiscard]] std::string work(std::uint64_t number) const {
    return pieces_pipeline(seed_ % 1000 + number, kPieces);
  }
  /// Fills the store; the artifacts of all works together.
  std::map<std::string, std::string> run_all() {
    for (std::uint64_t i = 0; i < kWorks; ++i) {
      const auto outcome = box_.run(work(i), {"--out", "out/" + std::to_string(i)});
      EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    }
    return digests_below(box_ / "out");
  }
  /// Starts `command` and kills it at a random instant of the `milliseconds` that it takes; true when it was
  /// still at work.
  bool kill(const std::vector<std::string>& command, double milliseconds) {
    auto running = box_.launch(command);
    const double wait = std::uniform_real_distribution<double>(0, milliseconds)(random_);
    const timespec time{0, static_cast<long>(wait * 1e6)};
    ::nanosleep(&time, nullptr);
    running.signal(SIGKILL);
    return running.finish().exit_code == -1;
  }
  /// How long `command` takes.
  double duration_ms(const std::vector<std::string>& command) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(box_.mtc(command).exit_code, 0);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
  /// Overwrites a random blob in place; its path.
  fs::path damage_a_blob() {
    std::vector<fs::path> blobs;
    for (const auto& entry : fs::recursive_directory_iterator(box_ / "store/cas"))
      if (entry.is_regular_file()) blobs.push_back(entry.path());
    std::ranges::sort(blobs);
    const auto& blob = blobs.at(std::uniform_int_distribution<std::size_t>(0, blobs.size() - 1)(random_));
    fs::permissions(blob, fs::perms::owner_write, fs::perm_options::add);
    std::ofstream(blob, std::ios::in | std::ios::binary) << "damaged";
    return blob;
  }

  Sandbox box_;
  int kills_ = static_cast<int>(number_from_environment("MTC_KILLS", kKills));
  std::uint64_t seed_ = seed_of_test();
  std::mt19937_64 random_{seed_};
};

TEST_F(UpkeepKill, OfGcLeavesNoResultWithoutItsBlobs) {
  const std::vector<std::string> gc = {"cache", "gc", "--max-size", "0"};
  const auto artifacts = run_all();
  const double takes_ms = duration_ms(gc);
  int met = 0;
  for (int i = 0; i < kills_ || (met * 2 < kills_ && i < kMostRounds * kills_); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i) + " of MTC_SEED=" + std::to_string(seed_));
    ASSERT_EQ(run_all(), artifacts);
    const auto before = box_.stored().size();
    met += kill(gc, takes_ms) ? 1 : 0;
    const auto verified = box_.mtc({"cache", "verify", "--json"});
    ASSERT_EQ(verified.exit_code, 0) << verified.out << "of " << before << " files " << box_.stored().size();
    EXPECT_EQ(verified.json()["damage"], Json::array());
    fs::remove_all(box_ / "out");
  }
  EXPECT_EQ(run_all(), artifacts);
  EXPECT_EQ(box_.mtc(gc).exit_code, 0);
  EXPECT_TRUE(box_.stored().empty()) << "the next gc takes what a killed one left";
  EXPECT_GE(met * 2, kills_) << "the kills came too late";
}

TEST_F(UpkeepKill, OfARepairLosesNothingThatIsWhole) {
  const std::vector<std::string> repair = {"cache", "verify", "--repair"};
  const auto artifacts = run_all();
  const double takes_ms = duration_ms(repair);
  int met = 0;
  for (int i = 0; i < kills_ || (met * 2 < kills_ && i < kMostRounds * kills_); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i) + " of MTC_SEED=" + std::to_string(seed_));
    const auto whole = box_.stored();
    const auto damaged = damage_a_blob();
    met += kill(repair, takes_ms) ? 1 : 0;
    // Nothing but the damaged blob and the results that need it is gone.
    const auto left = box_.stored();
    std::set<std::string> gone;
    std::ranges::set_difference(whole, left, std::inserter(gone, gone.end()));
    for (const auto& file : gone)
      EXPECT_TRUE(file.starts_with("ac/") || damaged == box_ / "store" / file) << file;
    const auto repaired = box_.mtc(repair);
    EXPECT_EQ(repaired.exit_code, 0) << repaired.err;
    EXPECT_EQ(box_.mtc({"cache", "verify"}).exit_code, 0);
    EXPECT_FALSE(fs::exists(damaged));
    fs::remove_all(box_ / "out");
    ASSERT_EQ(run_all(), artifacts);
  }
  EXPECT_GE(met * 2, kills_) << "the kills came too late";
}

}  // namespace
}  // namespace mtc::test
