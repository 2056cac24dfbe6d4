// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/pareto.hpp"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace mtc::cli {
namespace {

TEST(ParetoTest, NeedsAllMetricsAndFiniteOnes) {
  EXPECT_TRUE(merits_of({{"top1", 0.9}, {"latency_p50_ms", 1}, {"bytes", 2}, {"agreement", 1}}));
  EXPECT_FALSE(merits_of({{"top1", 0.9}, {"latency_p50_ms", 1}}));
  EXPECT_FALSE(
      merits_of({{"top1", std::numeric_limits<double>::quiet_NaN()}, {"latency_p50_ms", 1}, {"bytes", 2}}));
}

TEST(ParetoTest, MarksNothingWithFewerThanTwo) {
  EXPECT_EQ(pareto_front({Merits{1, 1, 1}}), std::vector<bool>({false}));
  EXPECT_EQ(pareto_front({Merits{1, 1, 1}, std::nullopt}), std::vector<bool>({false, false}));
}

TEST(ParetoTest, EqualResultsDoNotBeatEachOther) {
  EXPECT_EQ(pareto_front({Merits{1, 1, 1}, Merits{1, 1, 1}, std::nullopt}),
            std::vector<bool>({true, true, false}));
}

TEST(ParetoTest, AgreesWithItsDefinitionOnRandomResults) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> level(0, 4);
  std::vector<std::optional<Merits>> results;
  for (int i = 0; i < 60; ++i) {
    results.emplace_back(Merits{level(random) * 0.1, level(random) * 1.0, level(random) * 8.0});
  }
  const auto front = pareto_front(results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    bool beaten = false;
    for (const auto& other : results) {
      const double gains[] = {other->top1 - results[i]->top1,
                              results[i]->latency_p50_ms - other->latency_p50_ms,
                              results[i]->bytes - other->bytes};
      beaten = beaten || (std::ranges::min(gains) >= 0 && std::ranges::max(gains) > 0);
    }
    EXPECT_EQ(front[i], !beaten) << i;
  }
}

}  // namespace
}  // namespace mtc::cli
