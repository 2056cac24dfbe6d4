// SPDX-License-Identifier: Apache-2.0
//
// mtc plan -o and mtc run --plan: exactly what was planned, or nothing and the names of what has moved.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kPipeline = R"(mtc = 1
[model]
path = "model.onnx"
[stage.pruned]
uses = "sparsify.magnitude"
with = { sparsity = 0.5 }
[stage.build]
uses = "compile"
model = "pruned.model"
target = "cpu.portable"
)";

class PlanFile : public testing::Test {
 protected:
  PlanFile() {
    EXPECT_EQ(box_.mtc({"train.init", "--width", "2", "-o", "model.onnx"}).exit_code, 0);
    box_.write("p.toml", kPipeline);
  }
  Outcome plan(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"plan", "p.toml", "-o", "plan.toml"});
    return box_.mtc(more);
  }
  Outcome run_plan(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"run", "--plan", "plan.toml", "--json"});
    return box_.mtc(more);
  }
  /// Refused, naming the stage and `what`, before anything ran.
  void expect_moved(const Outcome& outcome, const std::string& what) const {
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("has moved"), HasSubstr(what), HasSubstr("mtc plan -o")));
    EXPECT_FALSE(std::filesystem::exists(box_ / "mtc-out"));
  }
  Sandbox box_;
};

TEST_F(PlanFile, IsRunAsItWasMade) {
  const auto planned = plan({"-D", "stage.pruned.with.sparsity=0.25", "--json"});
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  const auto run = run_plan();
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(stage_of(run.json(), "pruned")["actions"][0]["key"], stage_of(planned.json(), "pruned")["key"]);
  EXPECT_EQ(run_plan().exit_code, 0) << "what was work is a hit now";
  const auto text = read_file(box_ / "plan.toml");
  EXPECT_THAT(text, AllOf(HasSubstr("schema = 'mtc.planfile/1'"), HasSubstr("'input model model ?pruned'"),
                          HasSubstr("key = 'unknown'"), HasSubstr("'param sparsity 0.25'")));
}

TEST_F(PlanFile, RefusesAnotherParameter) {
  plan();
  std::string text = kPipeline;
  box_.write("p.toml", text.replace(text.find("0.5"), 3, "0.7"));
  expect_moved(run_plan(), "stage 'pruned': parameter sparsity: 0.5 -> 0.7");
}

TEST_F(PlanFile, RefusesAnotherModel) {
  plan();
  ASSERT_EQ(box_.mtc({"train.init", "--width", "3", "-o", "model.onnx", "--force"}).exit_code, 0);
  expect_moved(run_plan(), "stage 'pruned': input model: ");
}

TEST_F(PlanFile, RefusesAnotherPluginAlsoOfAStageWhoseInputIsNotKnown) {
  const auto plugins = box_.copy_plugins();
  plan({"--plugin", plugins.string()});
  std::ofstream(plugins / "cpu.so", std::ios::app | std::ios::binary) << '\0';
  expect_moved(run_plan({"--plugin", plugins.string()}), "stage 'build': the file of plugin cpu: ");
}

TEST_F(PlanFile, RefusesAnotherGateAndAnotherStage) {
  plan();
  box_.write("p.toml", std::string(kPipeline) + "[stage.init]\nuses = \"train.init\"\n");
  expect_moved(run_plan(), "stage 'init' is new");
  std::string text = kPipeline;
  text.replace(text.find("with ="), 0, "gate = \"sparsity >= 0.4\"\n");
  box_.write("p.toml", text);
  expect_moved(run_plan(), "stage 'pruned': gates: [] -> ['sparsity >= 0.4']");
}

TEST_F(PlanFile, RefusesAnotherTargetDocument) {
  const auto plugins = box_.copy_plugins();
  plan({"--plugin", plugins.string()});
  std::ofstream(plugins / "cpu.portable.target.toml", std::ios::app) << "\n[extra]\nnote = \"new\"\n";
  expect_moved(run_plan({"--plugin", plugins.string()}), "stage 'build': section [extra] of the target");
}

TEST_F(PlanFile, ExcludesWhatItSaysItself) {
  plan();
  EXPECT_EQ(run_plan({"p.toml"}).exit_code, 2);
  EXPECT_EQ(run_plan({"-D", "stage.pruned.with.sparsity=0.1"}).exit_code, 2);
  EXPECT_EQ(box_.mtc({"run"}).exit_code, 2);
  EXPECT_EQ(box_.mtc({"run", "--plan", "p.toml"}).exit_code, 2);
  EXPECT_EQ(box_.mtc({"run", "--plan", "none.toml"}).exit_code, 2);
}

}  // namespace
}  // namespace mtc::test
