// SPDX-License-Identifier: Apache-2.0
//
// The real mtc with a time of day that jumps by years while it works (jumping_clock.c): nothing is lost or
// taken for something else, and limits of time count on.
#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/faults/work.hpp"

namespace mtc::test {
namespace {

constexpr const char* kClock = MTC_BUILD_DIR "/tests/jumping_clock.so";

class JumpingClock : public testing::Test {
 protected:
  void SetUp() override {
#ifdef MTC_SANITIZED
    GTEST_SKIP() << "a sanitizer's runtime wants to be loaded first";
#endif
    box_.use_conformance_plugins();
    box_.set("LD_PRELOAD", kClock);
  }
  std::string run_id(const std::string& pipeline) {
    const auto outcome = box_.run(pipeline);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.json()["run_id"];
  }
  Sandbox box_;
};

TEST_F(JumpingClock, LosesNothingAndKeepsRunsInTheirOrder) {
  const auto pipeline = pieces_pipeline(1, 8);
  box_.set("LD_PRELOAD", "");
  std::vector<std::string> ids = {run_id(pipeline)};
  const int year = std::stoi(ids.front().substr(0, 4));
  box_.set("LD_PRELOAD", kClock);
  // Each run meets the clock elsewhere; once one has met it ahead, all that follow stay ahead.
  const auto jumped = [&] { return std::stoi(ids.back().substr(0, 4)) > year; };
  for (int i = 0; i < 8 || (i < 60 && !jumped()); ++i)
    ids.push_back(run_id(i % 2 == 0 ? pipeline : pieces_pipeline(static_cast<std::uint64_t>(i), 8)));
  EXPECT_TRUE(jumped()) << "the clock did not jump";
  EXPECT_TRUE(std::ranges::is_sorted(ids)) << testing::PrintToString(ids);
  for (const auto& [stage, status] : statuses_of(box_.run(pipeline).json()))
    EXPECT_EQ(status, "hit") << stage;
  // Nothing is older than what the clock can have jumped over.
  const auto young = box_.mtc({"cache", "gc", "--older-than", "2000d", "--json"});
  ASSERT_EQ(young.exit_code, 0) << young.err;
  EXPECT_EQ(young.json()["removed"]["results"]["count"], 0);
  EXPECT_EQ(box_.mtc({"cache", "verify"}).exit_code, 0);
  EXPECT_EQ(box_.mtc({"cache", "gc", "--max-size", "0"}).exit_code, 0);
  EXPECT_TRUE(box_.stored().empty());
  EXPECT_EQ(box_.run(pipeline).exit_code, 0);
}

TEST_F(JumpingClock, LimitsOfTimeCountOn) {
  const auto start = std::chrono::steady_clock::now();
  const std::string slow =
      "mtc = 1\n[stage.only]\nuses = \"convert.pieces\"\nwith = { seed = 5, linger_ms = 3000 }\n";
  box_.write("slow.toml", slow);
  auto first = box_.start({"run", "slow.toml", "--json"});
  ASSERT_TRUE(first.wait_for_event("worker.started"));
  const auto waited = box_.mtc({"run", "slow.toml", "--json", "--lock-timeout", "0.3"});
  EXPECT_EQ(waited.exit_code, 9) << waited.err;
  EXPECT_FALSE(first.ended()) << "the wait ended before the work, as it should";
  // Neither the limit of the action nor that of a stall is met by a jump.
  EXPECT_EQ(first.finish().exit_code, 0);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  box_.write("slow.toml", slow + "[stage.other]\nuses = \"convert.pieces\"\nwith = { linger_ms = 30000 }\n");
  EXPECT_EQ(box_.mtc({"run", "slow.toml", "--json", "--timeout", "0.3"}).exit_code, 6);
}

}  // namespace
}  // namespace mtc::test
