// SPDX-License-Identifier: Apache-2.0
//
// Two projects that run all the time on one store, and a gc without pause that leaves hardly anything: no run
// loses a blob. MTC_SECONDS says how long. (A short form is in tests/e2e/cache_test.cpp.)
#include <array>
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/faults/work.hpp"
#include "tests/support/seed.hpp"

namespace mtc::test {
namespace {

constexpr std::uint64_t kSeconds = 60;
constexpr std::size_t kWorks = 3;
constexpr int kPieces = 16;
constexpr const char* kMaxSize = "8M";  // One and a half of the works; what runs use stays beyond it.

using Artifacts = std::map<std::string, std::string>;

struct Totals {
  std::atomic<int> runs{0};
  std::atomic<int> hits{0};
  std::atomic<int> ran{0};
};

class CollectRace : public testing::Test {
 protected:
  void SetUp() override {
    store_.use_conformance_plugins();
    for (std::size_t i = 0; i < kWorks; ++i) {
      Sandbox calm;
      calm.use_conformance_plugins();
      ASSERT_EQ(calm.run(pieces_pipeline(i, kPieces), {"--out", "out"}).exit_code, 0);
      expected_.at(i) = digests_below(calm / "out");
    }
  }

  /// One project: runs one work after the other, `step` apart, in a folder of its own.
  void run_all_the_time(std::size_t step) {
    Sandbox project;
    project.use_conformance_plugins();
    project.set("MTC_STORE", (store_ / "store").string());
    for (std::size_t i = 0; !over(); i += step) {
      const std::size_t work = i % kWorks;
      const auto outcome = project.run(pieces_pipeline(work, kPieces), {"--out", "out"});
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
      EXPECT_EQ(outcome.err.find("damaged"), std::string::npos) << outcome.err;
      EXPECT_EQ(digests_below(project / "out"), expected_.at(work));
      std::filesystem::remove_all(project / "out");
      ++totals_.runs;
      for (const auto& [stage, status] : statuses_of(outcome.json()))
        ++(status == "hit" ? totals_.hits : totals_.ran);
    }
  }
  [[nodiscard]] bool over() const { return std::chrono::steady_clock::now() > end_; }

  Sandbox store_;
  std::array<Artifacts, kWorks> expected_;
  Totals totals_;
  std::chrono::steady_clock::time_point end_ =
      std::chrono::steady_clock::now() +
      std::chrono::seconds(number_from_environment("MTC_SECONDS", kSeconds));
};

TEST_F(CollectRace, NoRunLosesABlob) {
  int collected = 0;
  std::uint64_t removed = 0;
  std::uint64_t kept = 0;
  {
    std::jthread first([this] { run_all_the_time(1); });
    std::jthread second([this] { run_all_the_time(2); });
    for (; !over(); ++collected) {
      const auto gc = store_.mtc({"cache", "gc", "--max-size", kMaxSize, "--json"});
      ASSERT_EQ(gc.exit_code, 0) << gc.err;
      removed += gc.json()["removed"]["results"]["count"].get<std::uint64_t>();
      kept += gc.json()["kept_in_use"].get<std::uint64_t>();
      if (collected % 10 != 0) continue;
      EXPECT_EQ(store_.mtc({"cache", "verify"}).exit_code, 0);
    }
  }
  std::cout << totals_.runs << " runs (" << totals_.ran << " stages ran, " << totals_.hits << " hits) beside "
            << collected << " gc that removed " << removed << " results and kept " << kept
            << " that were in use\n";
  EXPECT_EQ(store_.mtc({"cache", "verify"}).exit_code, 0);
  // Without these the sides did not meet.
  EXPECT_GT(removed, 0U);
  EXPECT_GT(kept, 0U);
  EXPECT_GT(totals_.hits, 0);
}

}  // namespace
}  // namespace mtc::test
