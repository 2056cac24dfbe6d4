// SPDX-License-Identifier: Apache-2.0
//
// The contract that scripts live on: what `mtc run --json` writes, key by key (docs/cli.md).
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

constexpr const char* kPipeline = R"(mtc = 1
[stage.images]
uses = "data.generate"
with = { samples = 40, seed = 3 }
[data.test]
stage = "images.tensors"
preprocess = "unit"
classes = 10
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.build]
uses = "compile"
model = "init.model"
matrix.target = ["cpu.portable"]
[stage.score]
uses = "evaluate.classification"
artifact = "build.artifact"
data = "test"
gate = "top1 >= 0.0"
)";

std::set<std::string> keys_of(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

void expect_stage_types(const Json& stage) {
  EXPECT_EQ(keys_of(stage),
            (std::set<std::string>{"name", "variant", "variant_name", "uses", "status", "seconds", "log",
                                   "outputs", "metrics", "gates", "actions", "error"}));
  for (const char* text : {"name", "uses", "status", "log"}) EXPECT_TRUE(stage[text].is_string()) << text;
  for (const char* object : {"variant", "outputs", "metrics"})
    EXPECT_TRUE(stage[object].is_object()) << object;
  for (const char* list : {"gates", "actions"}) EXPECT_TRUE(stage[list].is_array()) << list;
  EXPECT_TRUE(stage["seconds"].is_number());
  EXPECT_TRUE(stage["error"].is_null());
  for (const auto& [name, output] : stage["outputs"].items()) {
    EXPECT_EQ(keys_of(output), (std::set<std::string>{"path", "digest", "bytes"})) << name;
    EXPECT_TRUE(std::filesystem::exists(output["path"].get<std::string>())) << output;
    EXPECT_EQ(output["digest"].get<std::string>().size(), 64U);
    EXPECT_TRUE(output["bytes"].is_number_unsigned());
  }
  for (const auto& action : stage["actions"]) {
    EXPECT_EQ(keys_of(action),
              (std::set<std::string>{"kind", "name", "status", "key", "seconds", "reasons", "against"}));
    EXPECT_EQ(action["key"].get<std::string>().size(), 64U);
  }
}

TEST(RunJson, HasEveryDocumentedKeyWithItsType) {
  Sandbox box;
  const auto outcome = box.run(kPipeline);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto report = outcome.json();
  EXPECT_EQ(keys_of(report), (std::set<std::string>{"schema", "run_id", "status", "exit_code",
                                                    "driver_cpu_ms", "stages", "pipeline"}));
  EXPECT_EQ(report["schema"], "mtc.run/1");
  EXPECT_EQ(report["status"], "ok");
  EXPECT_EQ(report["exit_code"], 0);
  EXPECT_TRUE(report["driver_cpu_ms"].is_number_float());
  EXPECT_FALSE(report["run_id"].get<std::string>().empty());
  ASSERT_EQ(report["stages"].size(), 4U);
  for (const auto& stage : report["stages"]) {
    expect_stage_types(stage);
    EXPECT_EQ(stage["status"], "ran");
    EXPECT_TRUE(std::filesystem::exists(stage["log"].get<std::string>())) << stage["log"];
  }
}

TEST(RunJson, NamesVariantsActionsMetricsAndGates) {
  Sandbox box;
  const auto report = box.run(kPipeline).json();
  const auto score = stage_of(report, "score");
  EXPECT_EQ(score["variant"], Json({{"target", "cpu.portable"}}));
  EXPECT_EQ(score["uses"], "evaluate.classification");
  ASSERT_EQ(score["actions"].size(), 2U);
  EXPECT_EQ(score["actions"][0]["kind"], "predict");
  EXPECT_EQ(score["actions"][1]["kind"], "stage");
  EXPECT_EQ(stage_of(report, "build")["actions"][0]["kind"], "compile");
  for (const char* metric : {"top1", "top1_low", "top1_high", "top5"}) {
    ASSERT_TRUE(score["metrics"][metric].is_number()) << metric;
    EXPECT_GE(score["metrics"][metric].get<double>(), 0) << metric;
    EXPECT_LE(score["metrics"][metric].get<double>(), 1) << metric;
  }
  ASSERT_EQ(score["gates"].size(), 1U);
  const auto& gate = score["gates"][0];
  EXPECT_EQ(keys_of(gate), (std::set<std::string>{"expr", "value", "limit", "ok"}));
  EXPECT_EQ(gate["expr"], "top1 >= 0.0");
  EXPECT_EQ(gate["value"], score["metrics"]["top1"]);
  EXPECT_EQ(gate["limit"], 0.0);
  EXPECT_EQ(gate["ok"], true);
}

TEST(RunJson, StatesTheDigestAndSizeOfTheFileThatItLaysOut) {
  Sandbox box;
  const auto model = stage_of(box.run(kPipeline).json(), "init")["outputs"]["model"];
  const auto content = read_file(model["path"].get<std::string>());
  EXPECT_EQ(model["path"], (box / "mtc-out/init/model.onnx").string());
  EXPECT_EQ(model["bytes"], content.size());
  EXPECT_EQ(model["digest"], digest_of(content));
}

TEST(RunJson, KeepsWordsForPeopleOnStderr) {
  Sandbox box;
  const auto outcome = box.run(kPipeline);
  EXPECT_TRUE(outcome.json().is_object());
  EXPECT_NE(outcome.err.find("score"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("store:"), std::string::npos) << outcome.err;
}

TEST(RunJson, DescribesTheErrorOfAFailedStageAndSkipsTheRest) {
  Sandbox box;
  box.write("bad.onnx", "not a model");
  const auto outcome = box.run(R"(mtc = 1
[model]
path = "bad.onnx"
[stage.pruned]
uses = "sparsify.magnitude"
[stage.again]
uses = "sparsify.magnitude"
model = "pruned.model"
)");
  EXPECT_EQ(outcome.exit_code, 1);
  const auto report = outcome.json();
  EXPECT_EQ(report["status"], "failed");
  EXPECT_EQ(report["exit_code"], 1);
  const auto pruned = stage_of(report, "pruned");
  EXPECT_EQ(pruned["status"], "failed");
  for (const char* key : {"code", "message", "where", "hint"})
    EXPECT_TRUE(pruned["error"][key].is_string()) << key;
  EXPECT_NE(outcome.err.find(pruned["error"]["message"].get<std::string>()), std::string::npos);
  const auto again = stage_of(report, "again");
  EXPECT_EQ(again["status"], "skipped");
  EXPECT_TRUE(again["error"].is_null());
  EXPECT_TRUE(again["actions"].empty());
}

}  // namespace
}  // namespace mtc::test
