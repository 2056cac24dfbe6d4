// SPDX-License-Identifier: Apache-2.0
//
// Measured time against known time.
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

TEST(Bench, OfATargetThatSleepsFiveMillisecondsReportsThem) {
  Sandbox box;
  box.use_conformance_plugins();
  const std::string text = R"(mtc = 1
[stage.init]
uses = "train.init"
with = { width = 2 }
[stage.build]
uses = "compile"
model = "init.model"
target = "sleep5"
[stage.speed]
uses = "bench.latency"
artifact = "build.artifact"
with = { warmup_seconds = 0.05, min_seconds = 0.0, min_runs = 100 }
)";
  double p50 = 0;
  // The machine may be busy with something else: a busy machine measures more, never less.
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto outcome = box.run(text);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto metrics = stage_of(outcome.json(), "speed")["metrics"];
    EXPECT_GE(metrics["runs"].get<double>(), 100);
    p50 = metrics["latency_p50_ms"];
    EXPECT_GE(p50, 5.0);
    EXPECT_GE(metrics["latency_p99_ms"].get<double>(), p50);
    if (p50 <= 5.6) break;
  }
  EXPECT_LE(p50, 5.6);
}

}  // namespace
}  // namespace mtc::test
