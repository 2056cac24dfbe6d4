// SPDX-License-Identifier: Apache-2.0
#include "core/data/preprocess.hpp"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/data/arrays.hpp"

namespace mtc::data {
namespace {

using testing::HasSubstr;

template <class T>
std::vector<float> run(const Preprocess& preprocess, const std::vector<T>& sample) {
  std::vector<float> out(preprocess.output_bytes() / sizeof(float));
  preprocess.apply(std::as_bytes(std::span(sample)), std::as_writable_bytes(std::span(out)));
  return out;
}

Result<Preprocess> make(const char* table, mtc_dtype dtype, const std::vector<std::int64_t>& shape) {
  return Preprocess::make(Json::parse(table), dtype, shape, "images.npy");
}

TEST(PreprocessTest, NormalisesEachChannel) {
  const auto preprocess = make(R"({"scale":0.5,"mean":[1,2,3],"std":[1,2,4]})", test::kU8, {3, 1, 2});
  ASSERT_TRUE(preprocess);
  // (x/2 - mean) / std, worked out by hand.
  EXPECT_EQ(run<std::uint8_t>(*preprocess, {0, 2, 4, 8, 10, 255}),
            (std::vector<float>{-1, 0, 0, 1, 0.5F, 31.125F}));
  EXPECT_EQ(preprocess->output_shape(), (std::vector<std::int64_t>{3, 1, 2}));
}

TEST(PreprocessTest, GivesTheSameForEveryStoredType) {
  const char* table = R"({"color":"rgb","scale":0.25,"mean":1,"std":2})";
  const std::vector<float> expected{-0.5F, 0.75F};  // (0/4 - 1)/2, (10/4 - 1)/2
  EXPECT_EQ(run<std::uint8_t>(*make(table, test::kU8, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::int8_t>(*make(table, {MTC_KIND_INT, 8, 0}, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::uint16_t>(*make(table, {MTC_KIND_UINT, 16, 0}, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::int16_t>(*make(table, {MTC_KIND_INT, 16, 0}, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::uint32_t>(*make(table, {MTC_KIND_UINT, 32, 0}, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::int32_t>(*make(table, test::kI32, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::uint64_t>(*make(table, {MTC_KIND_UINT, 64, 0}, {2}), {0, 10}), expected);
  EXPECT_EQ(run<std::int64_t>(*make(table, test::kI64, {2}), {0, 10}), expected);
  EXPECT_EQ(run<float>(*make(table, test::kF32, {2}), {0, 10}), expected);
  EXPECT_EQ(run<double>(*make(table, test::kF64, {2}), {0, 10}), expected);
}

TEST(PreprocessTest, SwapsRedAndBlue) {
  const auto preprocess = make(R"({"color":"bgr","mean":[0,0,1]})", test::kU8, {3, 1, 1});
  EXPECT_EQ(run<std::uint8_t>(*preprocess, {1, 2, 3}), (std::vector<float>{3, 2, 0}));
  const auto floats = make(R"({"color":"bgr","mean":[0,0,1]})", test::kF32, {3, 1, 1});
  EXPECT_EQ(run<float>(*floats, {1, 2, 3}), (std::vector<float>{3, 2, 0}));
}

TEST(PreprocessTest, AveragesToGrayByBt601) {
  const auto preprocess = make(R"({"color":"gray"})", test::kU8, {3, 1, 1});
  ASSERT_TRUE(preprocess);
  EXPECT_EQ(preprocess->output_shape(), (std::vector<std::int64_t>{1, 1, 1}));
  EXPECT_EQ(run<std::uint8_t>(*preprocess, {100, 200, 50}),
            (std::vector<float>{153.0F}));  // 29.9 + 117.4 + 5.7
}

TEST(PreprocessTest, WithoutTableKeepsFloatAndTokens) {
  EXPECT_EQ(run<float>(*make("null", test::kF32, {2}), {0.5F, -1}), (std::vector<float>{0.5F, -1}));
  EXPECT_EQ(run<double>(*make("null", test::kF64, {2}), {0.1, -1}), (std::vector<float>{0.1F, -1}));
  const auto tokens = make("null", test::kI64, {2});
  ASSERT_TRUE(tokens);
  EXPECT_TRUE(npy::same_type(tokens->output_dtype(), test::kI64));
  const std::vector<std::int64_t> sample{1, -1};
  std::vector<std::int64_t> out(2);
  tokens->apply(std::as_bytes(std::span(sample)), std::as_writable_bytes(std::span(out)));
  EXPECT_EQ(out, sample);
}

TEST(PreprocessTest, ListsThePresetsForImagesWithoutATable) {
  const auto preprocess = make("null", test::kU8, {3, 32, 32});
  ASSERT_FALSE(preprocess);
  EXPECT_EQ(preprocess.error().code, Code::invalid_argument);
  EXPECT_EQ(preprocess.error().where, "images.npy");
  EXPECT_THAT(preprocess.error().hint, HasSubstr("imagenet, tf, unit, raw"));
}

TEST(PreprocessTest, RefusesWhatCannotBe) {
  const auto message = [](const char* table) {
    const auto preprocess = make(table, test::kU8, {1, 2, 2});
    EXPECT_FALSE(preprocess) << table;
    return preprocess ? std::string() : preprocess.error().message;
  };
  EXPECT_EQ(message(R"({"mean":[1,2,3]})"), "preprocess.mean has 3 values, but the samples have 1 channel");
  EXPECT_EQ(message(R"({"color":"bgr"})"),
            "preprocess.color needs samples of 3 channels, these are [1, 2, 2]");
  EXPECT_THAT(message(R"({"std":0})"), HasSubstr("preprocess.std is 0"));
  EXPECT_THAT(message(R"({"resize":256})"), HasSubstr("preprocess.resize does not apply to arrays"));
  EXPECT_THAT(message(R"({"color":"cmyk"})"), HasSubstr("preprocess.color is \"cmyk\""));
  EXPECT_THAT(message(R"({"scale":"big"})"), HasSubstr("preprocess.scale is \"big\""));
  EXPECT_THAT(message(R"("imagenet")"), HasSubstr("preprocess is"));
}

}  // namespace
}  // namespace mtc::data
