// SPDX-License-Identifier: Apache-2.0
//
// mtc init: what it finds out, what it refuses, and that what it writes runs as it is.
//
// The model knows four levels of red, from -1 to 1: with preset tf all answers are right, with any other at
// most three of four, and with blue instead of red the order is turned round.
#include <array>
#include <filesystem>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "mtc/npy.hpp"
#include "tests/e2e/models.hpp"
#include "tests/e2e/sandbox.hpp"
#include "tests/support/data_path.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kSide = 8;
const std::vector<float> kCentres{-0.75F, -0.25F, 0.25F, 0.75F};

/// Red of class `label`: the middle of the quarter of 0..255 that its centre stands for; a little noise keeps
/// the samples apart.
std::uint8_t level(std::int64_t label, std::size_t sample) {
  return static_cast<std::uint8_t>(32 + 64 * label + static_cast<int>(sample % 7) - 3);
}

std::string png_of(int height, int width, const std::array<std::uint8_t, 3>& colour) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < height * width; ++i) pixels.insert(pixels.end(), colour.begin(), colour.end());
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(width);
  header.height = static_cast<png_uint_32>(height);
  header.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  EXPECT_NE(png_image_write_to_memory(&header, nullptr, &size, 0, pixels.data(), 0, nullptr), 0);
  std::string bytes(size, '\0');
  EXPECT_NE(png_image_write_to_memory(&header, bytes.data(), &size, 0, pixels.data(), 0, nullptr), 0);
  bytes.resize(size);
  return bytes;
}

class Init : public testing::Test {
 protected:
  Init() { box_.write("levels.onnx", nearest_level_model(kSide, kCentres)); }

  /// images.npy and labels.npy, the classes in turn.
  void write_arrays(std::size_t samples) {
    std::vector<std::uint8_t> pixels;
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < samples; ++i) {
      labels.push_back(static_cast<std::int64_t>(i % 4));
      const auto red = level(labels.back(), i);
      for (const auto value : {red, std::uint8_t{128}, static_cast<std::uint8_t>(255 - red)})
        pixels.insert(pixels.end(), kSide * kSide, value);
    }
    const auto count = static_cast<std::int64_t>(samples);
    EXPECT_TRUE(npy::save((box_ / "images.npy").string(), {MTC_KIND_UINT, 8, MTC_FORMAT_IEEE},
                          std::array<std::int64_t, 4>{count, 3, kSide, kSide},
                          std::as_bytes(std::span(pixels))));
    EXPECT_TRUE(npy::save((box_ / "labels.npy").string(), {MTC_KIND_INT, 64, MTC_FORMAT_IEEE},
                          std::array<std::int64_t, 1>{count}, std::as_bytes(std::span(labels))));
  }
  Outcome init(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"init", "levels.onnx"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return box_.mtc(arguments);
  }
  /// The metrics of the stage `score` of pipeline.toml, run as it was written, or with `more`.
  Json run_score(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", "pipeline.toml", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = box_.mtc(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return stage_of(outcome.json(), "score")["metrics"];
  }
  /// Measurements take seconds; in one test they run.
  const std::vector<std::string> unmeasured_{"-D", "stage.bench.skip=true", "-D",
                                             "stage.float_bench.skip=true"};
  Sandbox box_;
};

TEST_F(Init, FindsThePreprocessingAndWritesAPipelineThatRuns) {
  write_arrays(80);
  const auto outcome =
      init({"--data", "images.npy", "--labels", "labels.npy", "--target", "cpu.portable", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json["schema"], "mtc.init/1");
  EXPECT_EQ(json["path"], (box_ / "pipeline.toml").string());
  EXPECT_EQ(json["preprocess"]["origin"], "scored");
  EXPECT_EQ(json["preprocess"]["value"], "\"tf\"");
  EXPECT_EQ(json["preprocess"]["label_offset"], 0);
  EXPECT_EQ(json["data"]["samples"], 80);
  EXPECT_EQ(json["scores"].size(), 8U);  // Four presets, red or blue first.
  for (const auto& score : json["scores"]) {
    EXPECT_EQ(score["chosen"], score["name"] == "tf");
    if (score["name"] == "tf") {
      EXPECT_EQ(score["top1"], 1.0);
    } else {
      EXPECT_LE(score["top1"].get<double>(), 0.8) << score;
    }
  }
  const auto text = read_file(box_ / "pipeline.toml");
  EXPECT_THAT(text, HasSubstr("path = \"levels.onnx\"\n"));
  EXPECT_THAT(text, HasSubstr("100.0 %"));
  EXPECT_THAT(text, HasSubstr("preprocess = \"tf\"\n"));
  const auto metrics = run_score({});
  EXPECT_GE(metrics["top1"].get<double>(), 0.99);
  if (has_plugin("quantize.so")) {
    EXPECT_THAT(text, HasSubstr("[data.calib]\nfrom = \"all\"\nseed = 0\ntake = 20\n"));
    EXPECT_EQ(metrics["samples"], 60);
    EXPECT_GE(metrics["agreement"].get<double>(), 0.99);
  }
}

TEST_F(Init, TakesEverythingFromTheStoreTheSecondTime) {
  write_arrays(40);
  const std::vector<std::string> arguments{"--data",   "images.npy",   "--labels", "labels.npy",
                                           "--target", "cpu.portable", "-o",       "a.toml"};
  ASSERT_EQ(init(arguments).exit_code, 0);
  const auto stored = box_.stored();
  const auto refused = init(arguments);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("a.toml' exists"));
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  const auto first = read_file(box_ / "a.toml");
  auto again = arguments;
  again.emplace_back("--force");
  const auto outcome = init(again);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "a.toml\n");
  EXPECT_EQ(read_file(box_ / "a.toml"), first);
  EXPECT_EQ(box_.stored(), stored);
}

TEST_F(Init, FindsTheOffsetOfTheLabels) {
  box_.write("levels.onnx", nearest_level_model(kSide, kCentres, 1));
  write_arrays(40);
  const auto outcome =
      init({"--data", "images.npy", "--labels", "labels.npy", "--target", "cpu.portable", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["preprocess"]["label_offset"], 1);
  EXPECT_EQ(outcome.json()["preprocess"]["value"], "\"tf\"");
  EXPECT_THAT(read_file(box_ / "pipeline.toml"), HasSubstr("label_offset = 1\n"));
  EXPECT_GE(run_score(unmeasured_)["top1"].get<double>(), 0.99);
}

TEST_F(Init, ResizesPictures) {
  for (std::size_t i = 0; i < 24; ++i) {
    const auto label = static_cast<std::int64_t>(i % 4);
    const auto red = level(label, i);
    const int height = kSide + static_cast<int>(i % 3) * 4;
    box_.write("pictures/" + std::to_string(label) + "/" + std::to_string(i) + ", \"it\".png",
               png_of(height, 16, {red, 128, static_cast<std::uint8_t>(255 - red)}));
  }
  const auto outcome = init({"--data", "pictures", "--target", "cpu.portable", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json["data"]["samples"], 24);
  EXPECT_EQ(json["preprocess"]["value"], "{ preset = \"tf\", resize = 9, crop = 8 }");
  EXPECT_EQ(json["scores"].size(), 10U);  // And two other sizes with the best.
  EXPECT_GE(run_score(unmeasured_)["top1"].get<double>(), 0.99);
}

TEST_F(Init, DoesNotGuessWithoutLabels) {
  write_arrays(20);
  const auto refused = init({"--data", "images.npy", "--target", "cpu.portable"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("no labels"));
  EXPECT_THAT(refused.err, HasSubstr("--labels"));
  EXPECT_THAT(refused.err, HasSubstr("--preprocess"));
  EXPECT_FALSE(std::filesystem::exists(box_ / "pipeline.toml"));
  const auto wrong = init({"--data", "images.npy", "--preprocess", "imagnet"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("imagenet"));
  const auto given =
      init({"--data", "images.npy", "--preprocess", "tf", "--target", "cpu.portable", "--json"});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_THAT(given.err, HasSubstr("it was not guessed"));
  EXPECT_EQ(given.json()["preprocess"]["origin"], "given");
  EXPECT_EQ(given.json()["scores"], Json::array());
  const auto text = read_file(box_ / "pipeline.toml");
  EXPECT_THAT(text, HasSubstr("given with --preprocess"));
  EXPECT_THAT(text, Not(HasSubstr("evaluate.classification")));
  if (!has_plugin("quantize.so")) return;  // Then there is nothing to compare with.
  EXPECT_GE(run_score(unmeasured_)["cosine"].get<double>(), 0.99);
}

TEST_F(Init, WarnsWhenNothingIsBetterThanGuessing) {
  write_arrays(40);
  // Labels that have nothing to do with the pictures.
  std::vector<std::int64_t> labels(40);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i / 10);
  ASSERT_TRUE(npy::save((box_ / "labels.npy").string(), {MTC_KIND_INT, 64, MTC_FORMAT_IEEE},
                        std::array<std::int64_t, 1>{40}, std::as_bytes(std::span(labels))));
  const auto outcome = init({"--data", "images.npy", "--labels", "labels.npy", "--target", "cpu.portable"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("near chance"));
  EXPECT_THAT(read_file(box_ / "pipeline.toml"), HasSubstr("# Careful:"));
}

TEST_F(Init, SaysWhatIsMissingOrDoesNotFit) {
  write_arrays(20);
  const auto fails = [&](const std::vector<std::string>& arguments, const std::string& says) {
    const auto outcome = init(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_EQ(outcome.out, "");
  };
  fails({"--data", "gone.npy"}, "gone.npy' does not exist");
  fails({"--data", "images.npy", "--labels", "gone.npy"}, "gone.npy' does not exist");
  fails({"--data", "levels.onnx"}, "is no dataset");
  fails({}, "--data is required");
  fails({"--data", "images.npy", "--labels", "labels.npy", "--target", "cpu.portabel"}, "cpu.portable");
  fails({"--data", "images.npy", "--labels", "labels.npy", "-o", "images.npy/p.toml"}, "--output");
  box_.write("levels.onnx", nearest_level_model(kSide + 1, kCentres));
  fails({"--data", "images.npy", "--labels", "labels.npy", "--target", "cpu.portable"},
        "the samples are uint8 [3, 8, 8], the model's input is \"x\" float32 [1, 3, 9, 9]");
}

TEST_F(Init, LeavesOutATargetThatRefusesTheModel) {
  MTC_REQUIRE_DATA(model, "models/fastestdet_coco_352.onnx");
  for (int i = 0; i < 4; ++i) {
    const auto shade = static_cast<std::uint8_t>(50 * i);
    box_.write("pictures/" + std::to_string(i) + ".png", png_of(40, 60, {shade, shade, 90}));
  }
  const auto outcome =
      box_.mtc({"init", model.string(), "--data", "pictures", "--preprocess", "unit", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto targets = outcome.json()["targets"];
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets[0]["used"], false);
  EXPECT_THAT(targets[0]["reason"].get<std::string>(), HasSubstr("Gather"));
  EXPECT_EQ(targets[1], (Json{{"id", "onnxruntime"}, {"used", true}, {"reason", nullptr}}));
  const auto text = read_file(box_ / "pipeline.toml");
  EXPECT_THAT(text, HasSubstr("is left out: target cpu does not support operator Gather"));
  EXPECT_THAT(text, HasSubstr("matrix.target = [\"onnxruntime\"]"));
  EXPECT_THAT(text, HasSubstr("are an assumption"));
  EXPECT_EQ(box_.mtc({"plan", "pipeline.toml"}).exit_code, 0);
}

TEST_F(Init, ChoosesThePresetThatResNet20WasTrainedWith) {
  MTC_REQUIRE_DATA(model, "models/resnet20_cifar10.onnx");
  MTC_REQUIRE_DATA(images, "datasets/cifar10_test/images.npy");
  MTC_REQUIRE_DATA(labels, "datasets/cifar10_test/labels.npy");
  const auto outcome = box_.mtc({"init", model.string(), "--data", images.string(), "--labels",
                                 labels.string(), "--target", "onnxruntime", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["preprocess"]["value"], "\"imagenet\"");
  EXPECT_EQ(box_.mtc({"plan", "pipeline.toml"}).exit_code, 0);
}

}  // namespace
}  // namespace mtc::test
