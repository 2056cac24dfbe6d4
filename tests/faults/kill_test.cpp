// SPDX-License-Identifier: Apache-2.0
//
// SIGKILL of the driver or of a worker at random instants. MTC_KILLS says how often, MTC_SEED repeats a
// sequence of instants as far as a machine repeats its timing; ctest -L long kills 300 times.
#include <iostream>

#include <gtest/gtest.h>

#include "tests/faults/kill_storm.hpp"
#include "tests/faults/work.hpp"
#include "tests/support/seed.hpp"

namespace mtc::test {
namespace {

constexpr int kKills = 12;
constexpr int kMostRounds = 3;
constexpr int kPieces = 48;
constexpr int kPaceUs = 200;
constexpr int kCompilesEvery = 6;
constexpr int kCollectsEvery = 5;

TEST(Kill, AtAnyInstantLosesAndCorruptsNothing) {
  const auto kills = static_cast<int>(number_from_environment("MTC_KILLS", kKills));
  const std::uint64_t seed = seed_of_test();
  KillStorm storm(seed);
  // Chance decides where a kill falls: a few more where too many missed the work.
  const auto enough = [&] {
    return storm.counts().in_flight * 3 >= kills * 2 && storm.counts().writing * 4 >= kills;
  };
  for (int i = 1; i <= kills || (!enough() && i <= kMostRounds * kills); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i) + " of MTC_SEED=" + std::to_string(seed));
    // Work that nobody has done yet, so that there is something to kill.
    const auto own = seed % 1'000'000'000 + static_cast<std::uint64_t>(i);
    storm.round(i % kCompilesEvery == 0 ? compiling_pipeline(own) : pieces_pipeline(own, kPieces, kPaceUs));
    if (testing::Test::HasFatalFailure()) break;
    if (i % kCollectsEvery == 0) storm.collect("20M");
    const auto& counts = storm.counts();
    if (i % 20 == 0 || i >= kills)
      std::cout << counts.all() << " kills: " << counts.drivers << " drivers, " << counts.workers
                << " workers; " << counts.in_flight << " in flight, " << counts.writing
                << " with files half-written, " << counts.too_late << " too late" << std::endl;
  }
  EXPECT_TRUE(enough()) << "the kills missed the work";
}

}  // namespace
}  // namespace mtc::test
