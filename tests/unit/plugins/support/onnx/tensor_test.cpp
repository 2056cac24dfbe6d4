// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/tensor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::model {
namespace {

using testing::ElementsAre;

onnx::TensorProto raw(int type, std::int64_t count, std::string bytes) {
  onnx::TensorProto tensor;
  tensor.set_data_type(type);
  tensor.add_dims(count);
  tensor.set_raw_data(std::move(bytes));
  return tensor;
}

TEST(Values, reads_raw_and_typed_data_alike) {
  onnx::TensorProto typed;
  typed.set_data_type(onnx::TensorProto::INT8);
  typed.add_dims(2);
  typed.add_int32_data(-3);
  typed.add_int32_data(4);
  const auto a = values<std::int8_t>(typed);
  const auto b = values<std::int8_t>(raw(onnx::TensorProto::INT8, 2, "\xFD\x04"));
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*a, *b);
}

TEST(Values, reads_half_and_bfloat_as_float) {
  // 1.5, -2, 2^-24 (smallest subnormal), 65504 (largest) in binary16.
  const std::string half("\x00\x3E\x00\xC0\x01\x00\xFF\x7B", 8);
  const auto halves = values<float>(raw(onnx::TensorProto::FLOAT16, 4, half));
  ASSERT_TRUE(halves);
  EXPECT_THAT(*halves, ElementsAre(1.5F, -2.0F, 5.9604644775390625e-8F, 65504.0F));
  const auto bfloats = values<float>(raw(onnx::TensorProto::BFLOAT16, 1, std::string("\xC0\x3F", 2)));
  ASSERT_TRUE(bfloats);
  EXPECT_THAT(*bfloats, ElementsAre(1.5F));
}

TEST(Values, refuses_conversions_that_lose_meaning) {
  EXPECT_FALSE(values<std::int32_t>(raw(onnx::TensorProto::INT64, 1, std::string(8, '\0'))));
  EXPECT_FALSE(values<std::int8_t>(raw(onnx::TensorProto::UINT8, 1, "\xFF")));
  EXPECT_FALSE(values<float>(raw(onnx::TensorProto::INT64, 1, std::string(8, '\0'))));
  EXPECT_FALSE(values<std::int64_t>(raw(onnx::TensorProto::UINT64, 1, std::string(8, '\xFF'))));
  EXPECT_TRUE(values<std::int64_t>(raw(onnx::TensorProto::UINT8, 1, "\xFF")));
}

TEST(Values, refuses_shapes_that_do_not_match_the_bytes) {
  EXPECT_FALSE(values<float>(raw(onnx::TensorProto::FLOAT, 2, "1234")));
  EXPECT_FALSE(values<float>(raw(onnx::TensorProto::FLOAT, -1, "1234")));
  EXPECT_FALSE(values<float>(raw(onnx::TensorProto::FLOAT, std::int64_t{1} << 62, "1234")));
}

TEST(MakeTensor, is_read_back) {
  const std::vector<std::int64_t> shape{2, 1};
  const std::vector<std::int64_t> list{-5, std::int64_t{1} << 40};
  const auto tensor = make_tensor<std::int64_t>("t", shape, std::span<const std::int64_t>(list));
  EXPECT_EQ(elements(tensor), 2);
  const auto back = values<std::int64_t>(tensor);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, list);
}

TEST(TypeName, follows_numpy) {
  EXPECT_EQ(type_name(onnx::TensorProto::FLOAT), "float32");
  EXPECT_EQ(type_name(onnx::TensorProto::UINT8), "uint8");
  EXPECT_EQ(type_name(onnx::TensorProto::BFLOAT16), "bfloat16");
  EXPECT_EQ(type_name(onnx::TensorProto::BOOL), "bool");
}

}  // namespace
}  // namespace mtc::model
