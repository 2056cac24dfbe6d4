// SPDX-License-Identifier: Apache-2.0
#include "core/config/pipeline_file.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/core/config/valid_pipeline.hpp"

namespace mtc::config {
namespace {

class PipelineFileTest : public testing::Test {
 protected:
  void SetUp() override {
    auto parsed = parse_pipeline(kValidPipeline, "p.toml", "/home/demo/", {});
    ASSERT_TRUE(parsed) << parsed.error().where << ": " << parsed.error().message;
    file_ = *std::move(parsed);
  }
  PipelineFile file_;
};

TEST_F(PipelineFileTest, ReadsModels) {
  EXPECT_EQ(file_.folder, "/home/demo");
  ASSERT_EQ(file_.models.size(), 1U);
  EXPECT_EQ(file_.models[0].name, "model");
  EXPECT_EQ(file_.models[0].path, "/home/demo/models/resnet20.onnx");
  EXPECT_EQ(file_.models[0].place, "p.toml:3:1");
}

TEST_F(PipelineFileTest, ReadsNamedModels) {
  const auto file = parse_pipeline(
      "mtc = 1\n[model.b]\npath = \"b.onnx\"\n[model.a]\npath = \"/a.onnx\"\n[stage.s]\nuses = \"x\"\n",
      "p.toml", "/d", {});
  ASSERT_TRUE(file);
  ASSERT_EQ(file->models.size(), 2U);
  EXPECT_EQ(file->models[0].name, "b");
  EXPECT_EQ(file->models[0].path, "/d/b.onnx");
  EXPECT_EQ(file->models[1].name, "a");
  EXPECT_EQ(file->models[1].path, "/a.onnx");
}

TEST_F(PipelineFileTest, ReadsASource) {
  const DataEntry& train = file_.data[0];
  EXPECT_EQ(train.name, "train");
  EXPECT_EQ(train.format, "npy");
  EXPECT_EQ(train.inputs, (std::vector<std::filesystem::path>{"/home/demo/train/images_0.npy",
                                                              "/home/demo/train/images_1.npy"}));
  EXPECT_EQ(train.labels.size(), 2U);
  EXPECT_EQ(train.classes, 10);
  EXPECT_EQ(train.preprocess["mean"], Json({0.485, 0.456, 0.406}));
  EXPECT_FALSE(train.seed);
  EXPECT_FALSE(train.take);
  EXPECT_EQ(train.place, "p.toml:5:7");
}

TEST_F(PipelineFileTest, ReadsAView) {
  const DataEntry& view = file_.data[1];
  EXPECT_EQ(view.from, "train");
  EXPECT_EQ(view.take, 256U);
  EXPECT_EQ(view.seed, 0U);
  EXPECT_EQ(view.skip, 0U);
  EXPECT_TRUE(view.preprocess.is_null());
  EXPECT_TRUE(view.inputs.empty());
}

TEST_F(PipelineFileTest, ReadsImagesAndADatasetOfAStage) {
  const DataEntry& photos = file_.data[2];
  EXPECT_EQ(photos.format, "images");
  EXPECT_EQ(photos.inputs, (std::vector<std::filesystem::path>{"/pictures"}));
  EXPECT_EQ(photos.label_offset, 1);
  EXPECT_EQ(photos.preprocess["crop"], 224);
  EXPECT_EQ(photos.preprocess["std"], Json({0.229, 0.224, 0.225}));
  const DataEntry& drawn = file_.data[3];
  EXPECT_EQ(drawn.stage, "draw.tensors");
  EXPECT_EQ(drawn.format, "npy");
  EXPECT_EQ(drawn.preprocess,
            Json::parse(R"({"color":"bgr","scale":0.5,"mean":[1.0,2.0,3.0],"std":[4.0,5.0,6.0]})"));
}

TEST_F(PipelineFileTest, ReadsStagesInOrderAsWritten) {
  ASSERT_EQ(file_.stages.size(), 4U);
  EXPECT_EQ(file_.stages[0].name, "prune");
  EXPECT_EQ(file_.stages[1].name, "int8");
  EXPECT_EQ(file_.stages[2].name, "build");
  EXPECT_EQ(file_.stages[3].name, "score");
  const StageEntry& prune = file_.stages[0];
  EXPECT_EQ(prune.uses.value, "sparsify.magnitude");
  EXPECT_EQ(prune.uses.place, "p.toml:26:1");
  EXPECT_EQ(prune.place, "p.toml:25:8");
  EXPECT_EQ(prune.params.at("pattern").value, "2:4");
  EXPECT_EQ(prune.params.at("pattern").place, "p.toml:28:10");
  EXPECT_EQ(prune.params.at("layers").value, Json({"a", "b"}));
}

TEST_F(PipelineFileTest, KeepsInputsApartFromItsOwnKeys) {
  const StageEntry& score = file_.stages[3];
  ASSERT_EQ(score.inputs.size(), 3U);
  EXPECT_EQ(score.inputs.at("artifact").value, "build.artifact");
  EXPECT_EQ(score.inputs.at("reports").value, Json({"prune.report", "int8[*].report"}));
  EXPECT_EQ(file_.stages[1].inputs.at("target").value, "cpu.x86-64-v3");
  ASSERT_EQ(score.gates.size(), 2U);
  EXPECT_EQ(score.gates[1].first, "top1_drop <= 0.003");
  EXPECT_EQ(score.gates[1].second, "p.toml:46:26");
}

TEST_F(PipelineFileTest, KeepsAxesInOrderAsWritten) {
  const auto& matrix = file_.stages[2].matrix;
  ASSERT_EQ(matrix.size(), 3U);
  EXPECT_EQ(matrix[0].first, "with.opt_level");
  EXPECT_EQ(matrix[1].first, "target");
  EXPECT_EQ(matrix[2].first, "with.bits");
  EXPECT_EQ(matrix[0].second.value, Json({2, 3}));
  EXPECT_EQ(matrix[1].second.place, "p.toml:39:8");
}

TEST_F(PipelineFileTest, AcceptsOneGateAsAString) {
  const auto file =
      parse_pipeline("mtc = 1\n[stage.s]\nuses = \"x\"\ngate = \"a > 1\"\n", "p.toml", "/d", {});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->stages[0].gates, (std::vector<std::pair<std::string, Place>>{{"a > 1", "p.toml:4:1"}}));
}

TEST_F(PipelineFileTest, CountsPathsFromTheFolderOfTheFile) {
  const test::TempDir dir;
  const auto path =
      dir.write("sub/p.toml", "mtc = 1\n[model]\npath = \"../m.onnx\"\n[stage.s]\nuses = \"x\"\n");
  const auto file = load_pipeline(path, {});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->file, path);
  EXPECT_EQ(file->folder, (dir / "sub").lexically_normal());
  EXPECT_EQ(file->models[0].path, (dir / "m.onnx").lexically_normal());
}

TEST_F(PipelineFileTest, ExpandsVariablesInPathsAlone) {
  ::setenv("MTC_PIPELINE_TEST", "/models", 1);
  const auto file = parse_pipeline(
      "mtc = 1\n[model]\npath = \"${MTC_PIPELINE_TEST}/a.onnx\"\n[stage.s]\nuses = \"x\"\n"
      "with.text = \"${MTC_PIPELINE_TEST}\"\n",
      "p.toml", "/d", {});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->models[0].path, "/models/a.onnx");
  EXPECT_EQ(file->stages[0].params.at("text").value, "${MTC_PIPELINE_TEST}");
}

TEST_F(PipelineFileTest, SaysThatTheFileIsMissing) {
  const test::TempDir dir;
  const auto file = load_pipeline(dir / "none.toml", {});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::not_found);
  EXPECT_NE((file.error().where + file.error().message).find("none.toml"), std::string::npos);
}

TEST_F(PipelineFileTest, ReadsAStandAloneDataset) {
  const test::TempDir dir;
  const auto path =
      dir.write("calib.toml", "format = \"npy\"\ninputs = \"a.npy\"\ntake = 4\npreprocess = \"raw\"\n");
  const auto data = load_data_file(path);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->name, "calib");
  EXPECT_EQ(data->inputs, (std::vector<std::filesystem::path>{(dir / "a.npy").lexically_normal()}));
  EXPECT_EQ(data->take, 4U);
  const auto view = load_data_file(dir.write("view.toml", "from = \"a\"\n"));
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().where, (dir / "view.toml").string() + ":1:1");
  EXPECT_EQ(view.error().message, "unknown key from");
}

TEST_F(PipelineFileTest, ReadsEveryExampleOfTheProject) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MTC_SOURCE_DIR "/examples")) {
    if (entry.path().filename() != "pipeline.toml") continue;
    ++count;
    const auto file = load_pipeline(entry.path(), {});
    EXPECT_TRUE(file) << file.error().where << ": " << file.error().message << "; " << file.error().hint;
  }
  EXPECT_GT(count, 0U);
}

TEST_F(PipelineFileTest, ReadsAnyTomlAsJson) {
  const test::TempDir dir;
  const auto json = load_toml(dir.write("a.toml", "x = [1, 2.5]\n[t]\nk = \"v\"\n"));
  ASSERT_TRUE(json);
  EXPECT_EQ(*json, Json::parse(R"({"x":[1,2.5],"t":{"k":"v"}})"));
}

}  // namespace
}  // namespace mtc::config
