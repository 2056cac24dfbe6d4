// SPDX-License-Identifier: Apache-2.0
//
// Matrix: variants, inherited axes, joins, selectors and the folders of their outputs.
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

/// Two sparsities × two targets; the targets do not look at the model.
constexpr const char* kPipeline = R"(mtc = 1
[data.rows]
format = "npy"
inputs = "rows.npy"
preprocess = "raw"
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.pruned]
uses = "sparsify.magnitude"
model = "init.model"
matrix.with.sparsity = [0.25, 0.5]
[stage.build]
uses = "compile"
model = "pruned.model"
matrix.target = ["rows.any", "rows.fixed4"]
[stage.first]
uses = "evaluate.agreement"
artifact = 'build[target="rows.any"].artifact'
baseline = 'build[target="rows.any"].artifact'
data = "rows"
[stage.score]
uses = "evaluate.agreement"
artifact = "build.artifact"
baseline = "first.predictions"
data = "rows"
gate = "max_abs_error <= first.max_abs_error + 0.0"
[stage.shipped]
uses = "package"
artifact = 'build[sparsity=0.5,target="rows.any"].artifact'
report = "score[*].report"
)";

std::multiset<std::string> variants_of(const Json& report, const std::string& name) {
  std::multiset<std::string> variants;
  for (const auto& stage : report["stages"]) {
    if (stage["name"] == name) variants.insert(stage["variant"].dump());
  }
  return variants;
}

class Matrix : public testing::Test {
 protected:
  Matrix() {
    box_.use_conformance_plugins();
    box_.write_npy("rows.npy", {8, 3});
  }
  Sandbox box_;
};

TEST_F(Matrix, RunsEveryCombinationOnce) {
  const auto outcome = box_.run(kPipeline);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto report = outcome.json();
  const std::multiset<std::string> both{R"({"sparsity":"0.25"})", R"({"sparsity":"0.5"})"};
  const std::multiset<std::string> all{
      R"({"sparsity":"0.25","target":"rows.any"})", R"({"sparsity":"0.25","target":"rows.fixed4"})",
      R"({"sparsity":"0.5","target":"rows.any"})", R"({"sparsity":"0.5","target":"rows.fixed4"})"};
  EXPECT_EQ(variants_of(report, "init"), (std::multiset<std::string>{"{}"}));
  EXPECT_EQ(variants_of(report, "pruned"), both);
  EXPECT_EQ(variants_of(report, "build"), all);   // The axis of its input and its own.
  EXPECT_EQ(variants_of(report, "first"), both);  // The selector fixes the target; the two inputs are joined.
  EXPECT_EQ(variants_of(report, "score"), all);   // Joined with `first` on sparsity, not crossed.
  EXPECT_EQ(variants_of(report, "shipped"), (std::multiset<std::string>{"{}"}));  // [*] passes all at once.
}

TEST_F(Matrix, LaysOutputsOutByAxis) {
  ASSERT_EQ(box_.run(kPipeline).exit_code, 0);
  for (const char* file :
       {"init/model.onnx", "pruned/sparsity=0.25/model.onnx", "pruned/sparsity=0.5/report.json",
        "build/sparsity=0.25/target=rows.any/artifact/artifact.toml",
        "build/sparsity=0.5/target=rows.fixed4/artifact/artifact.toml",
        "score/sparsity=0.5/target=rows.fixed4/report.json", "shipped/package/manifest.json"}) {
    EXPECT_TRUE(std::filesystem::is_regular_file(box_ / "mtc-out" / file)) << file;
  }
}

TEST_F(Matrix, OutputsGoWhereOutSays) {
  ASSERT_EQ(box_.run(kPipeline, {"--out", "elsewhere"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box_ / "elsewhere/pruned/sparsity=0.5/model.onnx"));
  EXPECT_FALSE(std::filesystem::exists(box_ / "mtc-out"));
}

TEST_F(Matrix, ANewValueRunsOnlyItsOwnVariants) {
  ASSERT_EQ(box_.run(kPipeline).exit_code, 0);
  const auto wider =
      box_.run(kPipeline, {"--reuse-records", "-D", "stage.pruned.matrix.with.sparsity=[0.25,0.5,0.75]"})
          .json();
  for (const auto& stage : wider["stages"]) {
    if (stage["name"] == "score") continue;  // Equal predictions make its new variants hits of `first`.
    const bool fresh =
        stage["variant"].dump().find("0.75") != std::string::npos || stage["name"] == "shipped";
    EXPECT_EQ(stage["status"], fresh ? "ran" : "hit") << stage["name"] << stage["variant"];
  }
}

TEST_F(Matrix, ASelectorThatMatchesNothingListsTheVariants) {
  const auto outcome = box_.run(
      "mtc = 1\n[stage.init]\nuses = \"train.init\"\nmatrix.with.seed = [1, 2]\n[stage.p]\nuses = "
      "\"sparsify\"\nmodel = \"init[seed=3].model\"\n");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, testing::HasSubstr("init[seed=1], init[seed=2]"));
  EXPECT_THAT(outcome.err, testing::HasSubstr("p.toml:7:1"));
}

TEST_F(Matrix, AllVariantsAreRefusedWhereOneIsTaken) {
  const auto outcome = box_.run(
      "mtc = 1\n[stage.init]\nuses = \"train.init\"\nmatrix.with.seed = [1, 2]\n[stage.p]\nuses = "
      "\"sparsify\"\nmodel = \"init[*].model\"\n");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, testing::HasSubstr("takes one value, not 2"));
}

TEST_F(Matrix, AnExcludedCombinationRunsNowhere) {
  const auto outcome = box_.run(
      kPipeline, {"-D", R"(stage.build.matrix.exclude=[{ sparsity = 0.25, target = "rows.fixed4" }])"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto report = outcome.json();
  const std::multiset<std::string> left{R"({"sparsity":"0.25","target":"rows.any"})",
                                        R"({"sparsity":"0.5","target":"rows.any"})",
                                        R"({"sparsity":"0.5","target":"rows.fixed4"})"};
  EXPECT_EQ(variants_of(report, "build"), left);
  EXPECT_EQ(variants_of(report, "score"), left);
}

TEST_F(Matrix, AnExcludeOfAnUnknownAxisSaysWhere) {
  const auto outcome = box_.run(kPipeline, {"-D", "stage.build.matrix.exclude=[{ sparsty = 0.25 }]"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, testing::HasSubstr("did you mean 'sparsity'?"));
  EXPECT_THAT(outcome.err, testing::HasSubstr("-D stage.build.matrix.exclude"));
}

}  // namespace
}  // namespace mtc::test
