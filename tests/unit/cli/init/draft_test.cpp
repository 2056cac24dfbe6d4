// SPDX-License-Identifier: Apache-2.0
//
// The text that init writes must be a pipeline file, with the stages that fit what was found.
#include "cli/mtc/init/draft.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/config/pipeline_file.hpp"

namespace mtc::cli {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::SizeIs;

class InitDraftTest : public testing::Test {
 protected:
  InitDraftTest() {
    found_.model = "/home/me/models/net.onnx";
    found_.facts.inputs = {{"x", "float32", {-1, 3, 8, 8}}};
    found_.facts.outputs = {{"y", "float32", {-1, 10}}};
    found_.targets = {{"cpu.portable", {}, {}}, {"onnxruntime", {}, {}}};
    found_.data.format = "npy";
    found_.data.inputs = {"/home/me/project/images.npy"};
    found_.data.labels = {"/home/me/project/labels.npy"};
    found_.data_facts.samples = 500;
    found_.labelled = true;
    found_.preprocess = "\"tf\"";
    found_.scorer = "onnxruntime";
    found_.scores = {{{"imagenet", {}, {}, 0}, 64, 0.5, 0.4, 0.6, {}},
                     {{"tf", {}, {}, 0}, 64, 0.75, 0.65, 0.85, {}},
                     {{"unit", {}, {}, 0}, 0, 0, 0, 0, "it does not fit"}};
    found_.best = 1;
  }
  [[nodiscard]] std::string text() const { return draft(found_, "/home/me/project/pipeline.toml"); }
  [[nodiscard]] config::PipelineFile parsed() const {
    auto file = config::parse_pipeline(text(), "pipeline.toml", "/home/me/project", {});
    EXPECT_TRUE(file) << (file ? "" : file.error().message + " at " + file.error().where) << "\n" << text();
    return file ? *std::move(file) : config::PipelineFile();
  }
  /// Stages in the order of the file.
  [[nodiscard]] std::vector<std::string> stages() const {
    std::vector<std::string> names;
    for (const auto& stage : parsed().stages) names.push_back(stage.name);
    return names;
  }
  [[nodiscard]] config::StageEntry stage(const std::string& name) const {
    for (const auto& stage : parsed().stages) {
      if (stage.name == name) return stage;
    }
    ADD_FAILURE() << "no stage " << name;
    return {};
  }
  Findings found_;
};

TEST_F(InitDraftTest, QuantizesCompilesScoresAndMeasures) {
  EXPECT_THAT(stages(),
              ElementsAre("int8", "build", "score", "bench", "float_build", "float_score", "float_bench"));
  EXPECT_EQ(stage("int8").inputs.at("target").value, "cpu.portable");
  EXPECT_EQ(stage("build").matrix.front().second.value, Json({"cpu.portable", "onnxruntime"}));
  EXPECT_EQ(stage("score").inputs.at("baseline").value, "float_score.predictions");
  EXPECT_EQ(stage("float_score").inputs.at("artifact").value, "float_build[target=\"onnxruntime\"].artifact");
}

TEST_F(InitDraftTest, CalibratesOnAQuarterAndScoresOnTheRest) {
  const auto file = parsed();
  ASSERT_EQ(file.data.size(), 3U);
  const auto& calib = file.data[1];
  const auto& test = file.data[2];
  EXPECT_EQ(calib.from, "all");
  EXPECT_EQ(test.from, "all");
  EXPECT_EQ(calib.seed, test.seed);
  EXPECT_EQ(calib.skip, 0U);
  EXPECT_EQ(*calib.take, 125U);
  EXPECT_EQ(test.skip, 125U);
  EXPECT_FALSE(test.take);
  found_.data_facts.samples = 50'000;
  EXPECT_EQ(parsed().data[2].skip, 256U);
  found_.data_facts.samples = 2;
  EXPECT_EQ(parsed().data[2].skip, 1U);
}

TEST_F(InitDraftTest, ListsEveryScoreTheBestFirst) {
  const auto all = text();
  EXPECT_THAT(all, HasSubstr("75.0 % [65.0, 85.0]     64        tf   <- chosen\n"));
  EXPECT_THAT(all, HasSubstr("50.0 % [40.0, 60.0]     64        imagenet\n"));
  EXPECT_THAT(all, HasSubstr("unit: it does not fit\n"));
  EXPECT_LT(all.find("<- chosen"), all.find("imagenet\n"));
  EXPECT_LT(all.find("imagenet\n"), all.find("unit: it does"));
}

TEST_F(InitDraftTest, WritesPathsRelativeToTheFileWhereTheyAreNear) {
  EXPECT_EQ(path_in("/home/me/project", "/home/me/project/a/b.npy"), "a/b.npy");
  EXPECT_EQ(path_in("/home/me/project", "/home/me/models/net.onnx"), "../models/net.onnx");
  EXPECT_EQ(path_in("/home/me/project", "/data/net.onnx"), "/data/net.onnx");
  EXPECT_THAT(text(), HasSubstr("path = \"../models/net.onnx\"\n"));
  EXPECT_EQ(parsed().models.front().path, "/home/me/models/net.onnx");
  EXPECT_EQ(parsed().data.front().labels.front(), "/home/me/project/labels.npy");
}

TEST_F(InitDraftTest, ComparesOutputsWhereThereIsNoAccuracy) {
  found_.labelled = false;
  found_.data.labels.clear();
  found_.scores.clear();
  EXPECT_THAT(stages(), ElementsAre("int8", "build", "score", "bench", "float_build", "float_bench"));
  EXPECT_EQ(stage("score").uses.value, "evaluate.agreement");
  EXPECT_EQ(stage("score").inputs.at("baseline").value, "float_build[target=\"onnxruntime\"].artifact");
  found_.labelled = true;
  found_.facts.outputs = {{"boxes", "float32", {1, 100, 4}}, {"scores", "float32", {1, 100, 2}}};
  EXPECT_EQ(stage("score").uses.value, "evaluate.agreement");
}

TEST_F(InitDraftTest, HasNoQuantizeStageForAQuantizedModel) {
  found_.float_reason = "the model is quantized already";
  EXPECT_THAT(stages(), ElementsAre("build", "score", "bench"));
  EXPECT_EQ(stage("build").inputs.at("model").value, "model");
  EXPECT_EQ(parsed().data.size(), 1U);
  EXPECT_THAT(text(), HasSubstr("# There is no quantize stage: the model is quantized already.\n"));
  found_.labelled = false;
  EXPECT_EQ(stage("score").inputs.at("baseline").value, "build[target=\"cpu.portable\"].artifact");
  found_.targets.pop_back();
  EXPECT_THAT(stages(), ElementsAre("build", "bench"));
  found_.reference = true;
  EXPECT_EQ(stage("score").inputs.at("baseline").value, "model");
}

TEST_F(InitDraftTest, SaysWhichTargetIsLeftOutAndWhy) {
  found_.targets[0].refusal = "it does not support operator Gather";
  EXPECT_EQ(stage("int8").inputs.at("target").value, "onnxruntime");
  EXPECT_EQ(stage("build").matrix.front().second.value, Json({"onnxruntime"}));
  EXPECT_THAT(text(), HasSubstr("# cpu.portable is left out: it does not support operator Gather\n"));
}

TEST_F(InitDraftTest, KeepsAFixedBatchAndTheViewOfADescription) {
  found_.facts.batch = 4;
  found_.data.seed = 3;
  found_.data.take = 90;
  found_.label_offset = 1;
  EXPECT_EQ(stage("bench").params.at("batch").value, 4);
  EXPECT_EQ(parsed().data[0].take, 90U);
  EXPECT_EQ(parsed().data[0].label_offset, 1);
}

TEST_F(InitDraftTest, BreaksCommentsBeforeTheyGetLong) {
  found_.warnings = {std::string(40, 'w') + " " + std::string(60, 'x') + " " + std::string(40, 'y')};
  found_.origin = Origin::given;
  found_.preset = "tf";
  EXPECT_THAT(split(text(), '\n'), Each(SizeIs(Le(120U))));
  EXPECT_THAT(text(), HasSubstr("# Careful: " + std::string(40, 'w')));
  EXPECT_THAT(text(), HasSubstr("\n# " + std::string(40, 'y') + ".\n"));
  EXPECT_THAT(text(), Not(HasSubstr("[data.test]\nformat")));
}

}  // namespace
}  // namespace mtc::cli
