// SPDX-License-Identifier: Apache-2.0
//
// Which action of an earlier run one of today is compared with.
#include "core/run/past_run.hpp"

#include <gtest/gtest.h>

namespace mtc::run {
namespace {

PastRun run_of(const std::vector<std::string>& targets) {
  PastRun run;
  for (const auto& target : targets) {
    PastAction action;
    action.variant = "score";
    action.kind = "predict";
    action.name = target;
    action.key = "key of " + target;
    run.add(std::move(action));
  }
  return run;
}

TEST(PastRunTest, FindsTheActionByItsName) {
  const auto run = run_of({"cpu", "reference"});
  EXPECT_EQ(run.find("score", "predict", "reference", 0, 1)->key, "key of reference");
  EXPECT_EQ(run.find("score", "measure", "cpu", 0, 0), nullptr);
  EXPECT_EQ(run.find("other", "predict", "cpu", 0, 0), nullptr);
}

TEST(PastRunTest, ComparesAnotherTargetWithTheOneInWhosePlaceItIs) {
  const auto run = run_of({"cpu", "reference"});
  EXPECT_EQ(run.find("score", "predict", "onnxruntime", 0, 0)->key, "key of cpu");
  EXPECT_EQ(run.find("score", "predict", "onnxruntime", 0, 1)->key, "key of reference");
  EXPECT_EQ(run.find("score", "predict", "onnxruntime", 0, 2), nullptr);
}

}  // namespace
}  // namespace mtc::run
