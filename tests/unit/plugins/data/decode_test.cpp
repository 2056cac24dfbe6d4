// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/decode.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "mtc/npy.hpp"
#include "plugins/data/decode_image.hpp"
#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/data/pictures.hpp"

namespace mtc::data {
namespace {

using testing::ElementsAre;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class DecodeTest : public testing::Test {
 protected:
  DecodeTest() {
    std::filesystem::create_directories(dir_ / "images");
    std::filesystem::create_directories(dir_ / "out");
    request_.sources = {(dir_ / "images").string()};
    request_.folder = (dir_ / "out").string();
  }
  Result<DecodeSummary> run() {
    return decode(request_, [](std::size_t, std::size_t) { return Result<void>(); });
  }
  npy::Array array(const std::string& name) {
    auto loaded = npy::load((dir_ / "out" / name).string());
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *std::move(loaded) : npy::Array{};
  }
  test::TempDir dir_;
  DecodeRequest request_;
};

TEST_F(DecodeTest, png_pixels_come_back_as_they_were_in_planes) {
  dir_.write("images/a.png", test::encode_png(test::ramp(2, 3)));
  const auto summary = run();
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->images, 1U);
  const auto images = array("images.npy");
  EXPECT_THAT(images.header.shape, ElementsAre(1, 3, 2, 3));
  EXPECT_THAT(images.values<std::uint8_t>(),
              ElementsAre(0, 1, 2, 0, 1, 2, 0, 0, 0, 1, 1, 1, 0, 1, 2, 1, 2, 3));
}

TEST_F(DecodeTest, jpeg_pixels_are_within_the_codecs_error) {
  const auto ramp = test::ramp(64, 64);
  const auto image = decode_jpeg(bytes_of(test::encode_jpeg(ramp)));
  ASSERT_TRUE(image) << image.error().message;
  ASSERT_EQ(image->pixels.size(), ramp.pixels.size());
  for (std::size_t i = 0; i < ramp.pixels.size(); ++i) {
    ASSERT_LE(std::abs(int{image->pixels[i]} - int{ramp.pixels[i]}), 8) << "at " << i;
  }
}

TEST_F(DecodeTest, gray_and_transparent_png_become_rgb) {
  const auto gray = decode_png(bytes_of(test::encode_png(1, 2, PNG_FORMAT_GRAY, {7, 200})));
  ASSERT_TRUE(gray) << gray.error().message;
  EXPECT_THAT(gray->pixels, ElementsAre(7, 7, 7, 200, 200, 200));
  const auto clear = decode_png(bytes_of(test::encode_png(1, 1, PNG_FORMAT_RGBA, {10, 20, 30, 0})));
  ASSERT_TRUE(clear) << clear.error().message;
  EXPECT_THAT(clear->pixels, ElementsAre(10, 20, 30));
}

TEST_F(DecodeTest, sub_folders_are_classes_in_sorted_order) {
  const auto picture = test::encode_png(test::ramp(2, 2));
  dir_.write("images/dog/1.png", picture);
  dir_.write("images/cat/2.PNG", picture);
  dir_.write("images/cat/1.png", picture);
  dir_.write("images/cat/notes.txt", "no picture");
  ASSERT_TRUE(run());
  const auto labels = array("labels.npy");
  EXPECT_TRUE(npy::same_type(labels.header.dtype, mtc_dtype{MTC_KIND_INT, 64, 0}));
  EXPECT_THAT(labels.values<std::int64_t>(), ElementsAre(0, 0, 1));
  EXPECT_EQ(test::read_file(dir_ / "out" / "files.txt"), "cat/1.png\ncat/2.PNG\ndog/1.png\n");
  EXPECT_EQ(test::read_file(dir_ / "out" / "classes.txt"), "cat\ndog\n");
}

TEST_F(DecodeTest, a_label_file_sets_order_and_labels) {
  const auto picture = test::encode_png(test::ramp(2, 2));
  for (const char* name : {"a.png", "b.png", "c.png"}) dir_.write(std::string("images/") + name, picture);
  request_.labels = {dir_.write("labels.csv", "wnid,file,label\nx,c.png,5\ny,\"a.png\",2\n").string()};
  const auto summary = run();
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->images, 2U);
  EXPECT_EQ(summary->unlisted, 1U);
  EXPECT_THAT(array("labels.npy").values<std::int64_t>(), ElementsAre(5, 2));
  EXPECT_EQ(test::read_file(dir_ / "out" / "files.txt"), "c.png\na.png\n");
}

TEST_F(DecodeTest, pictures_without_labels_get_minus_one) {
  dir_.write("images/a.png", test::encode_png(test::ramp(2, 2)));
  ASSERT_TRUE(run());
  EXPECT_THAT(array("labels.npy").values<std::int64_t>(), ElementsAre(-1));
}

TEST_F(DecodeTest, color_orders_the_channels) {
  dir_.write("images/a.png", test::encode_png(1, 1, PNG_FORMAT_RGB, {200, 100, 50}));
  request_.geometry.color = Color::bgr;
  ASSERT_TRUE(run());
  EXPECT_THAT(array("images.npy").values<std::uint8_t>(), ElementsAre(50, 100, 200));
  request_.geometry.color = Color::gray;
  ASSERT_TRUE(run());
  const auto gray = array("images.npy");
  EXPECT_THAT(gray.header.shape, ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(gray.values<std::uint8_t>(), ElementsAre(124));  // 0.299·200 + 0.587·100 + 0.114·50 = 124.2
}

TEST_F(DecodeTest, other_sizes_name_the_file_and_the_way_out) {
  dir_.write("images/a.png", test::encode_png(test::ramp(4, 4)));
  const auto second = dir_.write("images/b.png", test::encode_png(test::ramp(4, 6)));
  const auto summary = run();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, Code::invalid_argument);
  EXPECT_EQ(summary.error().where, second.string());
  EXPECT_EQ(summary.error().message, "the image is 4x6, but the first one is 4x4");
  request_.geometry.crop = Size{4, 4};
  EXPECT_TRUE(run());
}

TEST_F(DecodeTest, damaged_files_are_errors_that_name_them) {
  const std::string jpeg = test::encode_jpeg(test::ramp(64, 64));
  const std::string png = test::encode_png(test::ramp(64, 64));
  std::string flipped = png;
  flipped[png.size() / 2] = static_cast<char>(flipped[png.size() / 2] ^ 0x55);
  for (const auto& bytes : {jpeg.substr(0, jpeg.size() / 2), jpeg.substr(0, 30),
                            png.substr(0, png.size() / 2), png.substr(0, 20), flipped, std::string()}) {
    const auto file = dir_.write("images/a.jpg", bytes);
    const auto summary = run();
    ASSERT_FALSE(summary) << bytes.size();
    EXPECT_EQ(summary.error().code, Code::data_loss);
    EXPECT_EQ(summary.error().where, file.string());
    EXPECT_FALSE(summary.error().hint.empty());
  }
}

TEST_F(DecodeTest, another_format_is_an_error_that_names_the_file) {
  const auto file = dir_.write("images/a.jpg", "GIF89a...");
  const auto summary = run();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, Code::unimplemented);
  EXPECT_EQ(summary.error().where, file.string());
}

TEST_F(DecodeTest, an_error_of_the_tick_ends_the_work) {
  dir_.write("images/a.png", test::encode_png(test::ramp(2, 2)));
  const auto summary = decode(request_, [](std::size_t, std::size_t) -> Result<void> {
    return Error{Code::cancelled, "cancelled", {}, {}};
  });
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, Code::cancelled);
}

// The crops were made by other programs: see the data's README.
TEST_F(DecodeTest, real_jpegs_equal_the_published_crops) {
  MTC_REQUIRE_DATA(folder, "datasets/imagenet_sample/jpeg");
  MTC_REQUIRE_DATA(csv, "datasets/imagenet_sample/labels.csv");
  MTC_REQUIRE_DATA(crops_file, "datasets/imagenet_sample/crops224_200.npy");
  MTC_REQUIRE_DATA(crop_labels_file, "datasets/imagenet_sample/crops224_200_labels.npy");
  MTC_REQUIRE_DATA(labels_file, "datasets/imagenet_sample/labels.npy");
  request_.sources = {folder.string()};
  request_.labels = {csv.string()};
  request_.geometry.crop = Size{224, 224};
  const auto summary = run();
  ASSERT_TRUE(summary) << summary.error().message << " " << summary.error().where;
  ASSERT_EQ(summary->images, 500U);
  const auto images = array("images.npy");
  const auto labels = npy::load(labels_file.string());
  ASSERT_TRUE(labels);
  const auto want = labels->values<std::int32_t>();
  EXPECT_TRUE(std::equal(want.begin(), want.end(), array("labels.npy").values<std::int64_t>().begin()));

  // Each class has one picture, so that the label of a crop tells which one it was cut from.
  const auto crops = npy::load(crops_file.string());
  const auto crop_labels = npy::load(crop_labels_file.string());
  ASSERT_TRUE(crops && crop_labels);
  constexpr std::ptrdiff_t kBytes = std::ptrdiff_t{3} * 224 * 224;
  for (std::ptrdiff_t i = 0; i < 200; ++i) {
    const auto label = crop_labels->values<std::int32_t>()[static_cast<std::size_t>(i)];
    const auto source = std::find(want.begin(), want.end(), label) - want.begin();
    const auto decoded = images.data.begin() + source * kBytes;
    EXPECT_TRUE(std::equal(decoded, decoded + kBytes, crops->data.begin() + i * kBytes)) << "crop " << i;
  }
}

}  // namespace
}  // namespace mtc::data
