// SPDX-License-Identifier: Apache-2.0
#include "core/config/preprocess.hpp"

#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"

namespace mtc::config {
namespace {

Result<Json> read(const std::string& value) {
  auto root = parse_toml("p = " + value, "p.toml");
  if (!root) return root.error();
  return read_preprocess(root->children[0], "data.x.preprocess");
}

std::string error_of(const std::string& value) {
  const auto result = read(value);
  return result ? "no error"
                : result.error().where + ": " + result.error().message + "; " + result.error().hint;
}

TEST(PreprocessTest, PresetsAreTheKnownConstants) {
  EXPECT_EQ(*read("\"imagenet\""), (Json{{"color", "rgb"},
                                         {"scale", 1.0 / 255.0},
                                         {"mean", {0.485, 0.456, 0.406}},
                                         {"std", {0.229, 0.224, 0.225}}}));
  EXPECT_EQ(*read("\"tf\""), (Json{{"color", "rgb"},
                                   {"scale", 1.0 / 127.5},
                                   {"mean", Json::array({1.0})},
                                   {"std", Json::array({1.0})}}));
  EXPECT_EQ(*read("\"unit\""), (Json{{"color", "rgb"},
                                     {"scale", 1.0 / 255.0},
                                     {"mean", Json::array({0.0})},
                                     {"std", Json::array({1.0})}}));
  EXPECT_EQ(
      *read("\"raw\""),
      (Json{{"color", "rgb"}, {"scale", 1.0}, {"mean", Json::array({0.0})}, {"std", Json::array({1.0})}}));
}

TEST(PreprocessTest, EveryNamedPresetExists) {
  EXPECT_EQ(preset_names(), (std::vector<std::string>{"imagenet", "tf", "unit", "raw"}));
  for (const auto& name : preset_names()) EXPECT_TRUE(preset(name)) << name;
  const auto none = preset("imagent");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::not_found);
  EXPECT_EQ(none.error().hint, "did you mean \"imagenet\"?");
}

TEST(PreprocessTest, ATableChangesItsPreset) {
  const auto table =
      read("{preset = \"tf\", resize = 256, crop = [224, 192], filter = \"bicubic\", std = 2}");
  ASSERT_TRUE(table);
  EXPECT_EQ(*table, Json::parse(R"({"color":"rgb","scale":0.00784313725490196,"mean":[1.0],"std":[2.0],
                                    "resize":256,"crop":[224,192],"filter":"bicubic"})"));
}

TEST(PreprocessTest, ATableWithoutPresetStartsFromRaw) {
  EXPECT_EQ(*read("{color = \"gray\"}"),
            Json::parse(R"({"color":"gray","scale":1.0,"mean":[0.0],"std":[1.0]})"));
}

TEST(PreprocessTest, RefusesWhatIsOutOfRange) {
  EXPECT_EQ(error_of("\"imagent\""),
            "p.toml:1:1: there is no preprocessing preset \"imagent\"; did you mean \"imagenet\"?");
  EXPECT_EQ(error_of("{preset = \"x\"}"),
            "p.toml:1:6: there is no preprocessing preset \"x\"; use one of: imagenet, tf, unit, raw");
  EXPECT_EQ(
      error_of("3"),
      "p.toml:1:1: data.x.preprocess must be a preset or a table, but is an integer; write the name of a "
      "preset (imagenet, tf, unit, raw) or a table");
  EXPECT_EQ(error_of("{std = [1, 0]}"),
            "p.toml:1:16: data.x.preprocess.std is 0, and the samples are divided by it; use another number");
  EXPECT_EQ(error_of("{scale = 0}"), "p.toml:1:6: data.x.preprocess.scale is 0; use another number");
  EXPECT_EQ(error_of("{scale = nan}"),
            "p.toml:1:6: data.x.preprocess.scale is not finite; use a finite number");
  EXPECT_EQ(error_of("{mean = []}"),
            "p.toml:1:6: data.x.preprocess.mean is an empty list; give one number a channel");
  EXPECT_EQ(
      error_of("{mean = [1, \"a\"]}"),
      "p.toml:1:17: data.x.preprocess.mean must be a number or a list of numbers, but is a string; write a "
      "number or a list of numbers here");
  EXPECT_EQ(error_of("{mean = [1, 2], std = [1, 2, 3]}"),
            "p.toml:1:21: data.x.preprocess.mean has 2 numbers and std has 3; give both one number, or one a "
            "channel");
  EXPECT_EQ(error_of("{resize = 0}"), "p.toml:1:6: data.x.preprocess.resize is 0; use 1 or more");
  EXPECT_EQ(error_of("{crop = [1]}"),
            "p.toml:1:6: data.x.preprocess.crop has 1 items; write [height, width]");
  EXPECT_EQ(
      error_of("{crop = \"center\"}"),
      "p.toml:1:6: data.x.preprocess.crop must be a number of pixels or [height, width], but is a string; "
      "write a number of pixels or [height, width] here");
  EXPECT_EQ(error_of("{colour = \"rgb\"}"),
            "p.toml:1:6: unknown key data.x.preprocess.colour; did you mean \"color\"?");
  EXPECT_EQ(error_of("{color = \"rbg\"}"),
            "p.toml:1:6: data.x.preprocess.color is \"rbg\"; did you mean \"rgb\"?");
  EXPECT_EQ(error_of("{layout = \"nhwc\"}"),
            "p.toml:1:6: data.x.preprocess.layout is \"nhwc\"; use one of: nchw");
  EXPECT_EQ(error_of("{filter = \"area\"}"),
            "p.toml:1:6: data.x.preprocess.filter is given without resize; add resize, or remove filter");
}

}  // namespace
}  // namespace mtc::config
