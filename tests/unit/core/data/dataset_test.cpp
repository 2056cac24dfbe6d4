// SPDX-License-Identifier: Apache-2.0
#include "core/data/dataset.hpp"

#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/data/permutation.hpp"
#include "tests/support/data_path.hpp"
#include "tests/unit/core/data/arrays.hpp"

namespace mtc::data {
namespace {

using testing::HasSubstr;

class DatasetTest : public testing::Test {
 protected:
  /// Two files of 2 and 3 samples, 2 float features each: sample i is {i, -i}; labels i.
  Json view() {
    return {{"inputs",
             {test::save_array<float>(folder_, "a.npy", test::kF32, {2, 2}, {0, 0, 1, -1}),
              test::save_array<float>(folder_, "b.npy", test::kF32, {3, 2}, {2, -2, 3, -3, 4, -4})}},
            {"labels", {test::save_array<std::int32_t>(folder_, "l.npy", test::kI32, {5}, {0, 1, 2, 3, 4})}},
            {"classes", 5},
            {"label_offset", 0},
            {"preprocess", nullptr},
            {"views", Json::array()}};
  }
  static std::string error_of(const Json& view) {
    const auto dataset = Dataset::open(view);
    EXPECT_FALSE(dataset);
    return dataset ? std::string() : dataset.error().message;
  }
  test::TempDir folder_;
};

TEST_F(DatasetTest, DescribesItself) {
  const auto dataset = Dataset::open(view());
  ASSERT_TRUE(dataset);
  EXPECT_EQ(dataset->samples(), 5U);
  EXPECT_EQ(dataset->classes(), 5U);
  EXPECT_TRUE(dataset->has_labels());
  EXPECT_EQ(dataset->shape(), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(dataset->sample_bytes(), 8U);
}

TEST_F(DatasetTest, ReadsSamplesAndLabelsThroughItsViews) {
  Json json = view();
  json["views"] = Json::parse(R"([{"seed":9,"skip":0,"take":4},{"skip":1,"take":null}])");
  const auto dataset = Dataset::open(json);
  ASSERT_TRUE(dataset);
  ASSERT_EQ(dataset->samples(), 3U);
  const auto order = permutation(5, 9);
  const std::vector<std::uint64_t> indices{2, 0};
  std::array<float, 4> values{};
  std::array<std::int64_t, 2> labels{};
  ASSERT_TRUE(dataset->read(indices, std::as_writable_bytes(std::span(values))));
  ASSERT_TRUE(dataset->labels(indices, labels));
  EXPECT_EQ(labels[0], static_cast<std::int64_t>(order[3]));
  EXPECT_EQ(labels[1], static_cast<std::int64_t>(order[1]));
  EXPECT_EQ(values[0], static_cast<float>(order[3]));
  EXPECT_EQ(values[3], -static_cast<float>(order[1]));
}

TEST_F(DatasetTest, AddsTheLabelOffset) {
  Json json = view();
  json["label_offset"] = 1;
  json["classes"] = 0;
  const auto dataset = Dataset::open(json);
  std::array<std::int64_t, 1> label{};
  ASSERT_TRUE(dataset->labels(std::array<std::uint64_t, 1>{4}, label));
  EXPECT_EQ(label[0], 5);
}

TEST_F(DatasetTest, NamesALabelOutsideTheClasses) {
  Json json = view();
  json["classes"] = 3;
  const auto dataset = Dataset::open(json);
  std::array<std::int64_t, 1> label{};
  const auto result = dataset->labels(std::array<std::uint64_t, 1>{4}, label);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the label of sample 4 is 4, but there are 3 classes");
  EXPECT_THAT(result.error().where, HasSubstr("l.npy"));
}

TEST_F(DatasetTest, ComparesTheShiftedLabelWithTheClasses) {
  Json json = view();
  json["classes"] = 5;
  json["label_offset"] = 1;
  const auto dataset = Dataset::open(json);
  std::array<std::int64_t, 1> label{};
  EXPECT_TRUE(dataset->labels(std::array<std::uint64_t, 1>{3}, label));
  EXPECT_FALSE(dataset->labels(std::array<std::uint64_t, 1>{4}, label)) << "stored 4, so 5 of 0..4";
}

TEST_F(DatasetTest, RefusesIndicesOutOfRange) {
  const auto dataset = Dataset::open(view());
  std::array<float, 2> values{};
  const auto result =
      dataset->read(std::array<std::uint64_t, 1>{5}, std::as_writable_bytes(std::span(values)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::out_of_range);
}

TEST_F(DatasetTest, RefusesABufferThatIsTooSmall) {
  const auto dataset = Dataset::open(view());
  std::array<float, 3> values{};
  EXPECT_FALSE(dataset->read(std::array<std::uint64_t, 2>{0, 1}, std::as_writable_bytes(std::span(values))));
}

TEST_F(DatasetTest, RefusesLabelsOfAnotherNumber) {
  Json json = view();
  json["labels"] = {test::save_array<std::int32_t>(folder_, "l.npy", test::kI32, {4}, {0, 1, 2, 3})};
  EXPECT_THAT(error_of(json), HasSubstr("there are 4 labels for 5 samples of "));
}

TEST_F(DatasetTest, RefusesLabelsThatAreNotIntegers) {
  Json json = view();
  json["labels"] = {test::save_array<float>(folder_, "l.npy", test::kF32, {5}, {0, 1, 2, 3, 4})};
  EXPECT_THAT(error_of(json), HasSubstr("labels are float32 [5]"));
}

TEST_F(DatasetTest, SaysThatThereAreNoLabels) {
  Json json = view();
  json["labels"] = Json::array();
  const auto dataset = Dataset::open(json);
  std::array<std::int64_t, 1> label{};
  const auto result = dataset->labels(std::array<std::uint64_t, 1>{0}, label);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::failed_precondition);
}

TEST_F(DatasetTest, RefusesViewsOfAnotherForm) {
  EXPECT_THAT(error_of(Json::object()), HasSubstr("no inputs"));
  EXPECT_THAT(error_of(Json("x")), HasSubstr("a dataset is"));
  Json json = view();
  json["classes"] = "ten";
  EXPECT_THAT(error_of(json), HasSubstr("classes is \"ten\""));
}

TEST_F(DatasetTest, NormalisesRealImages) {
  MTC_REQUIRE_DATA(images, "datasets/cifar10_test/images.npy");
  MTC_REQUIRE_DATA(labels, "datasets/cifar10_test/labels.npy");
  const Json json{
      {"inputs", {images.string()}},
      {"labels", {labels.string()}},
      {"classes", 10},
      {"preprocess",
       {{"color", "rgb"}, {"scale", 1.0 / 255}, {"mean", {.485, .456, .406}}, {"std", {.229, .224, .225}}}},
      {"views", {{{"seed", 0}, {"skip", 0}, {"take", 100}}}}};
  const auto dataset = Dataset::open(json);
  ASSERT_TRUE(dataset);
  const auto raw = ArrayFile::open(images.string());
  const std::vector<std::uint64_t> indices{99};
  std::vector<float> values(3 * 1024);
  ASSERT_TRUE(dataset->read(indices, std::as_writable_bytes(std::span(values))));
  const auto sample = raw->row(permutation(5000, 0)[99]);
  const std::array<double, 3> mean{.485, .456, .406};
  const std::array<double, 3> deviation{.229, .224, .225};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = std::to_integer<int>(sample[i]) / 255.0;
    ASSERT_NEAR(static_cast<double>(values[i]), (x - mean[i / 1024]) / deviation[i / 1024], 1e-6);
  }
}

}  // namespace
}  // namespace mtc::data
