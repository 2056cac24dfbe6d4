// SPDX-License-Identifier: Apache-2.0
//
// Gates: checked on a run and on a hit, with the same exit code.
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using Statuses = std::map<std::string, std::string>;

/// init → pruned (with the gate) → again, which depends on it, and other, which does not.
std::string pipeline(const std::string& gate) {
  return R"(mtc = 1
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.pruned]
uses = "sparsify.magnitude"
model = "init.model"
gate = ")" +
         gate + R"("
[stage.again]
uses = "sparsify.magnitude"
model = "pruned.model"
with = { sparsity = 0.75 }
[stage.other]
uses = "train.init"
with = { width = 2, seed = 5 }
)";
}

TEST(Gate, ThatPassesLetsTheRunPassOnARunAndOnAHit) {
  Sandbox box;
  for (const char* expected : {"ran", "hit"}) {
    const auto outcome = box.run(pipeline("sparsity >= 0.45"));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto pruned = stage_of(outcome.json(), "pruned");
    EXPECT_EQ(pruned["status"], expected);
    EXPECT_EQ(pruned["gates"][0]["ok"], true);
    EXPECT_EQ(pruned["gates"][0]["limit"], 0.45);
    EXPECT_EQ(pruned["gates"][0]["value"], pruned["metrics"]["sparsity"]);
  }
}

TEST(Gate, ThatFailsHoldsBackWhatDependsOnItOnARunAndOnAHit) {
  Sandbox box;
  for (const char* expected : {"ran", "hit"}) {
    const auto outcome = box.run(pipeline("sparsity >= 0.9"));
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    const auto report = outcome.json();
    EXPECT_EQ(report["status"], "gate_failed");
    EXPECT_EQ(report["exit_code"], 4);
    EXPECT_EQ(
        statuses_of(report),
        (Statuses{{"init", expected}, {"pruned", "gate_failed"}, {"again", "skipped"}, {"other", expected}}));
    const auto pruned = stage_of(report, "pruned");
    EXPECT_EQ(pruned["actions"][0]["status"], expected);
    EXPECT_EQ(pruned["gates"][0]["ok"], false);
    EXPECT_TRUE(pruned["error"].is_null());
    EXPECT_NE(outcome.err.find("sparsity >= 0.9"), std::string::npos) << outcome.err;
  }
}

TEST(Gate, IsNotPartOfTheKey) {
  Sandbox box;
  const auto failed = stage_of(box.run(pipeline("sparsity >= 0.9")).json(), "pruned");
  const auto passed = stage_of(box.run(pipeline("sparsity <= 0.9")).json(), "pruned");
  EXPECT_EQ(passed["status"], "hit");
  EXPECT_EQ(failed["actions"][0]["key"], passed["actions"][0]["key"]);
}

TEST(Gate, ComparesWithAnotherStage) {
  Sandbox box;
  const std::string text = R"(mtc = 1
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.half]
uses = "sparsify.magnitude"
model = "init.model"
[stage.most]
uses = "sparsify.magnitude"
model = "init.model"
with = { sparsity = 0.75 }
gate = ["sparsity >= half.sparsity + 0.2", "sparsity >= half.sparsity + 0.3"]
)";
  const auto outcome = box.run(text);
  EXPECT_EQ(outcome.exit_code, 4);
  const auto most = stage_of(outcome.json(), "most");
  EXPECT_EQ(most["gates"][0]["ok"], true);
  EXPECT_EQ(most["gates"][1]["ok"], false);
  const double half = stage_of(outcome.json(), "half")["metrics"]["sparsity"];
  EXPECT_DOUBLE_EQ(most["gates"][0]["limit"].get<double>(), half + 0.2);
}

TEST(Gate, OnAMetricThatTheRunDoesNotReportSaysSo) {
  Sandbox box;
  // No setting of the target costs speed, so bench has nothing to compare.
  const auto outcome = box.run(R"(mtc = 1
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.build]
uses = "compile"
model = "init.model"
target = "cpu.portable"
[stage.speed]
uses = "bench"
artifact = "build.artifact"
with = { warmup_seconds = 0, min_seconds = 0, min_runs = 1 }
gate = "compare_cost <= 2"
)");
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_NE(outcome.err.find("gate not checked: compare_cost <= 2 (this run reported no such metric)"),
            std::string::npos)
      << outcome.err;
  EXPECT_EQ(outcome.err.find("improve the stage"), std::string::npos);
}

TEST(Gate, OnAnUnknownMetricIsFoundBeforeAnythingRuns) {
  Sandbox box;
  const auto outcome = box.run(pipeline("sparsty >= 0.5"));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("p.toml:8:"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("did you mean 'sparsity'?"), std::string::npos) << outcome.err;
  EXPECT_TRUE(box.stored().empty());
}

}  // namespace
}  // namespace mtc::test
