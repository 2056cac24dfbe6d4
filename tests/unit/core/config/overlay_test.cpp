// SPDX-License-Identifier: Apache-2.0
#include "core/config/overlay.hpp"

#include <gtest/gtest.h>

#include "tests/unit/core/config/valid_pipeline.hpp"

namespace mtc::config {
namespace {

Result<PipelineFile> load(const std::vector<Override>& overrides, const std::string& profile = "") {
  return parse_pipeline(kValidPipeline, "p.toml", "/d", {overrides, profile});
}

const StageEntry& stage(const PipelineFile& file, const std::string& name) {
  for (const StageEntry& each : file.stages) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "no stage " << name;
  return file.stages.front();
}

TEST(OverlayTest, AProfileMergesIntoTheFile) {
  const auto file = load({}, "quick");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->stages.size(), 3U);  // prune is taken out.
  EXPECT_EQ(file->stages[0].name, "int8");
  EXPECT_EQ(file->stages[0].params.at("percentile").value, 0.99);
  EXPECT_EQ(file->stages[0].params.at("percentile").place, "p.toml:49:17");
  EXPECT_EQ(file->stages[0].inputs.at("model").value, "model");
  EXPECT_EQ(file->data[1].take, 16U);
  EXPECT_EQ(file->data[1].seed, 0U);  // As in the file.
}

TEST(OverlayTest, NoProfileChangesNothing) {
  const auto file = load({});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->stages.size(), 4U);
  EXPECT_FALSE(stage(*file, "int8").params.contains("percentile"));
}

TEST(OverlayTest, AnOverrideBeatsTheProfile) {
  const auto file = load({{"stage.int8.with.percentile", "0.5"}, {"stage.prune.skip", "false"}}, "quick");
  ASSERT_TRUE(file);
  EXPECT_EQ(stage(*file, "int8").params.at("percentile").value, 0.5);
  EXPECT_EQ(stage(*file, "int8").params.at("percentile").place, "-D stage.int8.with.percentile");
  EXPECT_EQ(file->stages[0].name, "prune");
}

TEST(OverlayTest, TheLastOverrideCounts) {
  const auto file = load({{"data.calib.take", "1"}, {"data.calib.take", "2"}});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->data[1].take, 2U);
}

TEST(OverlayTest, ValuesAreTomlOrBareWords) {
  const auto file = load({{"stage.prune.with.a", "8"},
                          {"stage.prune.with.b", "mse"},
                          {"stage.prune.with.c", "[1, 2]"},
                          {"stage.prune.with.d", "\"8\""},
                          {"stage.prune.with.e", "2:4"},
                          {"stage.prune.with.f", "true"},
                          {"stage.prune.with.g", "0.5"}});
  ASSERT_TRUE(file);
  const auto& params = stage(*file, "prune").params;
  EXPECT_EQ(params.at("a").value, 8);
  EXPECT_EQ(params.at("b").value, "mse");
  EXPECT_EQ(params.at("c").value, Json({1, 2}));
  EXPECT_EQ(params.at("d").value, "8");
  EXPECT_EQ(params.at("e").value, "2:4");
  EXPECT_EQ(params.at("f").value, true);
  EXPECT_EQ(params.at("g").value, 0.5);
}

TEST(OverlayTest, PathsOfOverridesCountFromTheFolderOfTheFile) {
  const auto file = load({{"model.path", "other/m.onnx"}});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->models[0].path, "/d/other/m.onnx");
}

TEST(OverlayTest, AnAxisKeepsItsRankWhenItIsReplaced) {
  const auto file = load({{"stage.build.matrix.target", "[\"x\"]"}, {"stage.build.matrix.with.new", "[1]"}});
  ASSERT_TRUE(file);
  const auto& matrix = stage(*file, "build").matrix;
  ASSERT_EQ(matrix.size(), 4U);
  EXPECT_EQ(matrix[1].first, "target");
  EXPECT_EQ(matrix[1].second.value, Json::array({"x"}));
  EXPECT_EQ(matrix[3].first, "with.new");
}

TEST(OverlayTest, InputsReplaceAView) {
  const auto file = load({{"data.calib.inputs", "x.npy"}, {"data.calib.format", "npy"}});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->data[1].from, "");
  EXPECT_EQ(file->data[1].inputs, (std::vector<std::filesystem::path>{"/d/x.npy"}));
  EXPECT_EQ(file->data[1].take, 256U);
}

TEST(OverlayTest, AViewReplacesASource) {
  const auto file = load({{"data.photos.from", "train"}});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->data[2].from, "train");
  EXPECT_TRUE(file->data[2].inputs.empty());
}

TEST(OverlayTest, ATableOverAPresetKeepsThePreset) {
  const auto file = load({{"data.train.preprocess.scale", "2.0"}});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->data[0].preprocess["scale"], 2.0);
  EXPECT_EQ(file->data[0].preprocess["mean"], Json({0.485, 0.456, 0.406}));
}

TEST(OverlayTest, APresetReplacesATable) {
  const auto file = load({{"data.drawn.preprocess", "raw"}});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->data[3].preprocess, *preset("raw"));
}

struct BadOverride {
  const char* name;
  Override change;
  const char* message;
};

class BadOverrideTest : public testing::TestWithParam<BadOverride> {};

TEST_P(BadOverrideTest, IsReportedByItsKey) {
  const auto file = load({GetParam().change});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::invalid_argument);
  EXPECT_EQ(file.error().where, "-D " + GetParam().change.key);
  EXPECT_EQ(file.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadOverrideTest,
    testing::Values(
        BadOverride{"Section", {"stge.x.with.a", "1"}, "unknown key stge"},
        BadOverride{"Profile", {"profile.x.model", "1"}, "unknown key profile"},
        BadOverride{"EmptyKey", {"", "1"}, "\"\" is not a dotted key"},
        BadOverride{"TwoKeys", {"stage.a = 1\nstage.b", "1"}, "\"stage.a = 1\nstage.b\" is not a dotted key"},
        BadOverride{"OpenList",
                    {"data.calib.take", "[1"},
                    "the value [1 is no TOML value (not valid TOML: Error "
                    "while parsing array: encountered end-of-file)"},
        BadOverride{"TwoValues",
                    {"data.calib.take", "1\nw = 2"},
                    "the value 1\nw = 2 is no TOML value (more than one value)"},
        BadOverride{
            "Type", {"data.calib.take", "many"}, "data.calib.take must be an integer, but is a string"},
        BadOverride{"Range", {"data.calib.take", "0"}, "data.calib.take is 0"},
        BadOverride{"Scalar", {"stage.prune", "3"}, "stage.prune must be a table, but is an integer"}),
    [](const auto& each) { return each.param.name; });

TEST(OverlayTest, SuggestsTheStageThatWasMeant) {
  const auto file = load({{"stage.imt8.with.a", "1"}});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "stage.imt8.uses is missing");
  EXPECT_EQ(file.error().hint.substr(0, 30), "did you mean the stage \"int8\"?");
}

TEST(OverlayTest, SuggestsTheProfileThatWasMeant) {
  const auto file = load({}, "qick");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "there is no profile \"qick\"");
  EXPECT_EQ(file.error().hint, "did you mean \"quick\"?");
}

}  // namespace
}  // namespace mtc::config
