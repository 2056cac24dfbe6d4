// SPDX-License-Identifier: Apache-2.0
//
// A prepared model computes what the original did: both run in ONNX Runtime, which knows all operator sets
// from 7.
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/onnxruntime/session.hpp"
#include "plugins/quantize/prepare.hpp"
#include "plugins/support/onnx/model.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"
#include "tests/unit/plugins/onnxruntime/tensors.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::quantize {
namespace {

/// y = -op(-x), so that the operator reads a tensor whose shape is declared nowhere.
struct Conversion {
  std::string name;
  int opset;
  std::string op;                 ///< Statement that makes b of a, [2,4,6,6].
  std::string shape = "N,c,h,w";  ///< Of y.
};

void PrintTo(const Conversion& which, std::ostream* stream) { *stream << which.name; }

const std::vector<Conversion>& conversions() {
  static const std::vector<Conversion> kConversions{
      {"resize_10_linear", 10,
       R"(s = Constant <value = float[4] {1.0, 1.0, 2.0, 2.0}> () b = Resize <mode = "linear"> (a, s))"},
      {"resize_10_linear_down", 10,
       R"(s = Constant <value = float[4] {1.0, 1.0, 0.5, 0.7}> () b = Resize <mode = "linear"> (a, s))"},
      {"resize_10_nearest", 10,
       R"(s = Constant <value = float[4] {1.0, 1.0, 1.5, 2.0}> () b = Resize <mode = "nearest"> (a, s))"},
      {"resize_11_linear", 11,
       R"(r = Constant <value = float[8] {0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0}> ()
          s = Constant <value = float[4] {1.0, 1.0, 2.0, 2.0}> () b = Resize <mode = "linear"> (a, r, s))"},
      {"upsample_9_linear", 9,
       R"(s = Constant <value = float[4] {1.0, 1.0, 2.0, 3.0}> () b = Upsample <mode = "linear"> (a, s))"},
      {"upsample_9_nearest", 9,
       R"(s = Constant <value = float[4] {1.0, 1.0, 2.0, 3.0}> () b = Upsample <mode = "nearest"> (a, s))"},
      {"upsample_7_linear", 7, R"(b = Upsample <mode = "linear", scales = [1.0, 1.0, 2.0, 2.0]> (a))"},
      {"softmax_11_default_axis", 11, "b = Softmax (a)"},
      {"softmax_11_axis_2", 11, "b = Softmax <axis = 2> (a)"},
      {"softmax_11_axis_from_the_end", 11, "b = Softmax <axis = -2> (a)"},
      {"softmax_11_last_axis", 11, "b = Softmax <axis = 3> (a)"},
      {"softmax_7_axis_0", 7, "b = Softmax <axis = 0> (a)"},
      {"log_softmax_7_axis_1", 7, "b = LogSoftmax <axis = 1> (a)"},
      {"two_softmaxes_of_one_tensor", 11,
       "c = Softmax <axis = 1> (a) d = LogSoftmax <axis = 2> (a) b = Add (c, d)"},
      {"clip_6", 7, "b = Clip <min = -0.25, max = 0.5> (a)"},
      {"pad_2", 7, "b = Pad <pads = [0, 0, 1, 2, 0, 0, 0, 1], value = 0.5> (a)"},
      {"slice_1", 7, "b = Slice <starts = [1, -5], ends = [100, -1], axes = [2, 3]> (a)"},
      {"reduce_sum_11", 11, "b = ReduceSum <axes = [3], keepdims = 0> (a)", "N,c,h"},
      {"squeeze_11", 11, "c = ReduceMean <axes = [2]> (a) b = Squeeze <axes = [2]> (c)", "N,c,h"},
      {"unsqueeze_7", 7, "c = ReduceMax <axes = [1], keepdims = 0> (a) b = Unsqueeze <axes = [1]> (c)"},
      {"average_pool_7", 7,
       "b = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1], count_include_pad = 1> (a)"},
      {"split_11", 11, "c, d = Split <axis = 1> (a) b = Sub (d, c)"}};
  return kConversions;
}

onnx::ModelProto model_of(const Conversion& which, const std::string& input) {
  return mtc::test::parse_graph("g (float[" + input + "] x) => (float[" + which.shape + "] y) { a = Neg(x) " +
                                    which.op + " y = Neg(b) }",
                                which.opset);
}

mtc::test::Tensor seeded_input() {
  std::mt19937_64 random(17);
  std::vector<float> values(std::size_t{2} * 4 * 6 * 6);
  for (auto& value : values) value = static_cast<float>(static_cast<double>(random() >> 11U) * 0x1p-52 - 1.0);
  return mtc::test::float_tensor({2, 4, 6, 6}, values);
}

Result<mtc::test::Tensor> run_in(const std::string& library, const onnx::ModelProto& model) {
  const mtc::test::TempDir folder;
  const auto file = (folder / "model.onnx").string();
  MTC_TRY(model::save(model, file));
  MTC_ASSIGN(const auto session, onnxruntime::open_session(library, file));
  std::vector<mtc::test::Tensor> inputs{seeded_input()};
  MTC_ASSIGN(auto outputs, mtc::test::infer(*session, inputs));
  return std::move(outputs.front());
}

void expect_same_function(const onnx::ModelProto& original) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  onnx::ModelProto prepared = original;
  const auto done = prepare(prepared);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(mtc::test::checker_complaint(prepared), "");
  const auto expected = run_in(library, original);
  ASSERT_TRUE(expected) << expected.error().message;
  const auto found = run_in(library, prepared);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->shape, expected->shape);
  const auto want = expected->values<float>();
  const auto got = found->values<float>();
  for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-5F) << "element " << i;
}

class PreparedModel : public testing::TestWithParam<Conversion> {};

TEST_P(PreparedModel, KeepsItsFunctionWithAFixedBatch) {
  expect_same_function(model_of(GetParam(), "2,4,6,6"));
}

TEST_P(PreparedModel, KeepsItsFunctionWithASymbolicBatch) {
  expect_same_function(model_of(GetParam(), "N,4,6,6"));
}

INSTANTIATE_TEST_SUITE_P(Converted, PreparedModel, testing::ValuesIn(conversions()),
                         [](const auto& which) { return which.param.name; });

TEST(PreparedSoftmax, KeepsItsFunctionWhereSeveralExtentsAreSymbolic) {
  expect_same_function(model_of({"", 11, "b = Softmax <axis = 1> (a)"}, "N,4,H,W"));
}

TEST(PreparedSoftmax, KeepsItsFunctionBetweenInputAndOutput) {
  expect_same_function(mtc::test::parse_graph(
      "g (float[N,4,6,6] x) => (float[N,4,6,6] y) { y = Softmax <axis = 2> (x) }", 11));
}

TEST(PreparedSoftmax, IsRefusedWhereTheRankOfItsInputIsUnknown) {
  auto model = mtc::test::parse_graph(
      "g (float[2,4] x, int64[n] s) => (float[2,4] y) { a = Reshape(x, s) y = Softmax <axis = 1> (a) }", 11);
  const auto done = prepare(model);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::unimplemented);
  EXPECT_NE(done.error().where.find("Softmax"), std::string::npos) << done.error().where;
}

}  // namespace
}  // namespace mtc::quantize
