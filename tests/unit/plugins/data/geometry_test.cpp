// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/geometry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::data {
namespace {

using testing::Each;
using testing::ElementsAre;

Image gray_row(const std::vector<std::uint8_t>& values) {
  Image image(1, static_cast<int>(values.size()));
  for (std::size_t i = 0; i < values.size() * 3; ++i) image.pixels[i] = values[i / 3];
  return image;
}

std::vector<std::uint8_t> first_channel(const Image& image) {
  std::vector<std::uint8_t> values;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) values.push_back(image.pixels[i]);
  return values;
}

TEST(Resize, of_the_shorter_side_keeps_the_ratio_and_rounds_down) {
  Geometry geometry;
  geometry.shorter_side = 256;
  const Image wide = *resize(Image(300, 500), geometry);
  EXPECT_EQ(wide.height, 256);
  EXPECT_EQ(wide.width, 426);  // 500 · 256/300 = 426.67
  const Image tall = *resize(Image(500, 300), geometry);
  EXPECT_EQ(tall.height, 426);
  EXPECT_EQ(tall.width, 256);
}

TEST(Resize, to_an_exact_size_gives_it) {
  Geometry geometry;
  geometry.exact = Size{5, 9};
  const Image image = *resize(Image(3, 4), geometry);
  EXPECT_EQ(image.height, 5);
  EXPECT_EQ(image.width, 9);
}

TEST(Resize, of_a_thin_picture_that_would_become_huge_is_refused) {
  Geometry geometry;
  geometry.shorter_side = 256;
  const auto result = resize(Image(1, 300'000), geometry);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "resize would make 256x76800000 of a picture of 1x300000");
  geometry.shorter_side = 65'536;
  EXPECT_FALSE(resize(Image(1, 300'000), geometry));
}

TEST(Resize, to_the_own_size_changes_nothing) {
  Geometry geometry;
  geometry.shorter_side = 1;
  EXPECT_THAT(first_channel(*resize(gray_row({3, 200, 7}), geometry)), ElementsAre(3, 200, 7));
}

TEST(Resize, a_flat_picture_stays_flat_with_every_filter) {
  for (const auto filter : {Filter::bilinear, Filter::area, Filter::bicubic}) {
    Geometry geometry;
    geometry.exact = Size{7, 11};
    geometry.filter = filter;
    EXPECT_THAT(first_channel(*resize(gray_row({90, 90, 90, 90}), geometry)), Each(90));
  }
}

// Centres of the pixels: output pixel i samples the input at 2i + 0.5, halfway between two pixels.
TEST(Resize, bilinear_to_half_is_the_mean_of_two) {
  Geometry geometry;
  geometry.exact = Size{1, 2};
  EXPECT_THAT(first_channel(*resize(gray_row({10, 20, 100, 120}), geometry)), ElementsAre(15, 110));
}

TEST(Resize, area_is_the_mean_of_what_a_pixel_covers) {
  Geometry geometry;
  geometry.exact = Size{1, 2};
  geometry.filter = Filter::area;
  EXPECT_THAT(first_channel(*resize(gray_row({0, 30, 60, 90, 120, 150}), geometry)), ElementsAre(30, 120));
}

// Keys' cubic with a = -0.75 at offset 0.5: weights -3/32, 19/32, 19/32, -3/32; edges are repeated.
TEST(Resize, bicubic_follows_keys_kernel) {
  Geometry geometry;
  geometry.exact = Size{1, 2};
  geometry.filter = Filter::bicubic;
  const auto values = first_channel(*resize(gray_row({10, 20, 100, 120}), geometry));
  EXPECT_NEAR(values[0], (-3 * 10 + 19 * 10 + 19 * 20 - 3 * 100) / 32.0, 1);
  EXPECT_NEAR(values[1], (-3 * 20 + 19 * 100 + 19 * 120 - 3 * 120) / 32.0, 1);
}

TEST(Crop, is_centred_and_an_odd_rest_goes_to_the_end) {
  const auto cut = crop_center(gray_row({0, 1, 2, 3, 4}), {1, 2});
  ASSERT_TRUE(cut);
  EXPECT_THAT(first_channel(*cut), ElementsAre(1, 2));
}

TEST(Crop, larger_than_the_picture_is_an_error) {
  const auto cut = crop_center(Image(4, 8), {5, 5});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, Code::invalid_argument);
  EXPECT_EQ(cut.error().message, "the crop of 5x5 is larger than the picture, 4x8 after resize");
}

}  // namespace
}  // namespace mtc::data
