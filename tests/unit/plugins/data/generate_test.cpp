// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/generate.hpp"

#include <cmath>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mtc/npy.hpp"
#include "plugins/data/figure.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::data {
namespace {

using testing::ElementsAre;

struct Generated {
  npy::Array images;
  npy::Array labels;
};

class GenerateTest : public testing::Test {
 protected:
  Generated make(std::size_t samples, std::uint64_t seed, Difficulty difficulty = {}) {
    const auto folder = dir_ / std::to_string(runs_++);
    std::filesystem::create_directories(folder);
    const auto result = generate({folder.string(), samples, seed, difficulty},
                                 [](std::size_t, std::size_t) { return Result<void>(); });
    EXPECT_TRUE(result);
    auto images = npy::load((folder / "images.npy").string());
    auto labels = npy::load((folder / "labels.npy").string());
    EXPECT_TRUE(images && labels);
    EXPECT_EQ(test::read_file(folder / "classes.txt").substr(0, 12), "disc\nsquare\n");
    return {*std::move(images), *std::move(labels)};
  }
  test::TempDir dir_;
  int runs_ = 0;
};

TEST_F(GenerateTest, arrays_have_the_shapes_and_types_of_a_dataset) {
  const auto made = make(30, 1);
  EXPECT_THAT(made.images.header.shape, ElementsAre(30, 3, 32, 32));
  EXPECT_TRUE(npy::same_type(made.images.header.dtype, mtc_dtype{MTC_KIND_UINT, 8, 0}));
  EXPECT_THAT(made.labels.header.shape, ElementsAre(30));
  EXPECT_TRUE(npy::same_type(made.labels.header.dtype, mtc_dtype{MTC_KIND_INT, 64, 0}));
}

TEST_F(GenerateTest, ten_samples_in_a_row_hold_every_class_once) {
  const auto made = make(50, 7);
  const auto labels = made.labels.values<std::int64_t>();
  for (std::size_t block = 0; block < 5; ++block) {
    EXPECT_THAT(labels.subspan(block * 10, 10), testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  }
}

TEST_F(GenerateTest, the_same_seed_gives_the_same_bytes_and_another_one_others) {
  const auto first = make(20, 3);
  EXPECT_EQ(make(20, 3).images.data, first.images.data);
  EXPECT_NE(make(20, 4).images.data, first.images.data);
}

TEST_F(GenerateTest, a_longer_dataset_starts_with_the_shorter_one) {
  const auto shorter = make(15, 3);
  const auto longer = make(40, 3);
  EXPECT_TRUE(std::equal(shorter.images.data.begin(), shorter.images.data.end(), longer.images.data.begin()));
}

TEST_F(GenerateTest, noise_has_the_stated_standard_deviation) {
  const auto clean = make(200, 5, {0, 0});
  const auto noisy = make(200, 5, {20, 0});
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (std::size_t i = 0; i < clean.images.data.size(); ++i) {
    const int base = clean.images.values<std::uint8_t>()[i];
    if (base < 90 || base > 165)
      continue;  // Nothing is clamped there: four bytes sum to at most 510/148 deviations.
    const int noise = noisy.images.values<std::uint8_t>()[i] - base;
    sum += noise;
    squares += noise * noise;
    count += 1;
  }
  ASSERT_GT(count, 10000);
  EXPECT_NEAR(sum / count, 0.0, 0.3);
  EXPECT_NEAR(std::sqrt(squares / count), 20.0, 0.5);
}

// Position, size, angle and colour vary, so that the mean picture of a class says little: what a linear model
// has.
TEST_F(GenerateTest, the_nearest_class_mean_is_a_poor_classifier) {
  const auto train = make(3000, 11);
  const auto test = make(1000, 12);
  std::vector<double> means(kClasses * kSampleBytes, 0.0);
  const auto pixels = train.images.values<std::uint8_t>();
  for (std::size_t i = 0; i < 3000; ++i) {
    double* mean = &means[static_cast<std::size_t>(train.labels.values<std::int64_t>()[i]) * kSampleBytes];
    for (std::size_t k = 0; k < kSampleBytes; ++k) mean[k] += pixels[i * kSampleBytes + k] / 300.0;
  }
  std::size_t right = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::max();
    for (std::size_t c = 0; c < kClasses; ++c) {
      double distance = 0;
      for (std::size_t k = 0; k < kSampleBytes; ++k) {
        const double d =
            test.images.values<std::uint8_t>()[i * kSampleBytes + k] - means[c * kSampleBytes + k];
        distance += d * d;
      }
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    right += best == static_cast<std::size_t>(test.labels.values<std::int64_t>()[i]);
  }
  EXPECT_LT(right, 250U);
}

TEST(Sine, is_within_two_thousandths_of_the_real_one) {
  for (int degrees = -720; degrees <= 720; ++degrees) {
    EXPECT_NEAR(static_cast<double>(sine(degrees)) / 16384.0, std::sin(degrees * std::acos(-1.0) / 180.0),
                0.002);
  }
}

// The share of the circle around it that a figure covers, from its geometry.
TEST(Figure, covers_the_area_of_its_definition) {
  const auto covered = [](Shape shape) {
    Figure figure;
    figure.shape = shape;
    figure.radius = 100 * kUnit;
    figure.turn(30);
    int inside = 0;
    for (int y = -120; y <= 120; ++y) {
      for (int x = -120; x <= 120; ++x) inside += figure.contains(x * kUnit, y * kUnit) ? 1 : 0;
    }
    return inside / 10000.0;
  };
  const double pi = std::acos(-1.0);
  EXPECT_NEAR(covered(Shape::disc), 0.72 * pi, 0.02);
  EXPECT_NEAR(covered(Shape::square), 2.25, 0.02);
  EXPECT_NEAR(covered(Shape::triangle), 3.0 * std::sqrt(3.0) / 4.0, 0.02);
  EXPECT_NEAR(covered(Shape::ring), (0.90 - 0.28) * pi, 0.02);
  EXPECT_NEAR(covered(Shape::cross), 2 * 2.0 * 0.6 - 0.36, 0.02);
}

}  // namespace
}  // namespace mtc::data
