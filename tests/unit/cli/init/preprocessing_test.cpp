// SPDX-License-Identifier: Apache-2.0
//
// Which ways to preprocess are tried, and that the pipeline file means by them what it says.
#include "cli/mtc/init/preprocessing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"

namespace mtc::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const Result<std::vector<Preprocessing>>& ways) {
  std::vector<std::string> list;
  EXPECT_TRUE(ways) << (ways ? "" : ways.error().message);
  if (!ways) return list;
  for (const auto& way : *ways) list.push_back(way.text());
  return list;
}

TensorFacts input(std::vector<std::int64_t> shape, const char* type = "float32") {
  return {"x", type, std::move(shape)};
}

DataFacts data(std::vector<std::int64_t> shape, const char* type = "uint8") {
  return {100, type, std::move(shape), {}};
}

DataFacts labels(std::int64_t least, std::int64_t greatest) {
  DataFacts facts = data({3, 8, 8});
  facts.labels = LabelRange{least, greatest};
  return facts;
}

TEST(InitPreprocessingTest, TriesPresetsInBothOrdersOfColours) {
  EXPECT_THAT(
      names(value_candidates(input({-1, 3, 8, 8}), data({3, 8, 8}), {})),
      ElementsAre("imagenet", "tf", "unit", "raw", "imagenet, bgr", "tf, bgr", "unit, bgr", "raw, bgr"));
}

TEST(InitPreprocessingTest, GrayModelsTakeNoPresetOfThreeColours) {
  EXPECT_THAT(names(value_candidates(input({1, 1, 8, 8}), data({1, 8, 8}), {})),
              ElementsAre("tf", "unit", "raw"));
  EXPECT_THAT(names(value_candidates(input({1, 1, 8, 8}), data({3, 8, 8}), {})),
              ElementsAre("tf, gray", "unit, gray", "raw, gray"));
}

TEST(InitPreprocessingTest, FloatsAndTokensStayAsTheyAre) {
  EXPECT_THAT(names(value_candidates(input({-1, 640}), data({640}, "float32"), {})),
              ElementsAre("as they are"));
  EXPECT_THAT(names(value_candidates(input({-1, 256}, "int64"), data({256}, "int64"), {})),
              ElementsAre("as they are"));
  EXPECT_EQ(Preprocessing{}.toml(), "");
}

TEST(InitPreprocessingTest, SaysWhichShapesDoNotFit) {
  const auto last = value_candidates(input({-1, 8, 8, 3}), data({3, 8, 8}), {});
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Code::invalid_argument);
  EXPECT_THAT(last.error().hint, HasSubstr("channels first"));
  EXPECT_FALSE(value_candidates(input({-1, 3, 9, 8}), data({3, 8, 8}), {}));
  EXPECT_TRUE(value_candidates(input({-1, 3, -1, -1}), data({3, 8, 8}), {}));
}

TEST(InitPreprocessingTest, SizesComeFromTheModel) {
  EXPECT_THAT(usual_geometries(224, 224),
              ElementsAre(Geometry{{256}, {224}}, Geometry{{224}, {224}}, Geometry{{224, 224}, {}}));
  EXPECT_THAT(usual_geometries(240, 320), ElementsAre(Geometry{{240, 320}, {}}));
}

TEST(InitPreprocessingTest, OffsetsLeaveEveryLabelAmongTheClasses) {
  EXPECT_THAT(*label_offsets(labels(0, 999), 1000), ElementsAre(0));
  EXPECT_THAT(*label_offsets(labels(0, 999), 1001), ElementsAre(0, 1));
  EXPECT_THAT(*label_offsets(labels(2, 997), 1000), ElementsAre(0));
  EXPECT_THAT(*label_offsets(labels(1, 10), 10), ElementsAre(-1));
  EXPECT_THAT(*label_offsets(labels(1, 7), 10), ElementsAre(0, -1));
  const auto none = label_offsets(labels(0, 10), 10);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("the labels are 0..10, but the model has 10 classes"));
}

TEST(InitPreprocessingTest, IsWrittenAsThePipelineReadsIt) {
  const Preprocessing way{"tf", "bgr", {{256}, {224}}, 1};
  EXPECT_EQ(way.text(), "tf, bgr, resize 256, crop 224, labels +1");
  EXPECT_EQ(way.stage_name(), "tf_bgr_resize256_crop224_labels_plus1");
  const Preprocessing exact{"unit", {}, {{240, 320}, {}}, 0};
  for (const auto& each : {way, exact, Preprocessing{"raw", {}, {}, 0}}) {
    const auto file = config::parse_pipeline(
        "mtc = 1\n[data.x]\nformat = \"images\"\ninputs = \"pictures\"\n"
        "preprocess = " +
            each.toml() + "\n[stage." + each.stage_name() + "]\nuses = \"x\"\n",
        "text", "/", {});
    ASSERT_TRUE(file) << file.error().message << ": " << each.toml();
    const auto& table = file->data.front().preprocess;
    auto preset = *config::preset(each.preset);
    EXPECT_EQ(table["scale"], preset["scale"]);
    EXPECT_EQ(table["color"], each.color.empty() ? "rgb" : each.color);
    EXPECT_EQ(table.contains("crop"), !each.geometry.crop.empty());
    EXPECT_EQ(table.contains("resize"), !each.geometry.resize.empty());
  }
}

}  // namespace
}  // namespace mtc::cli
