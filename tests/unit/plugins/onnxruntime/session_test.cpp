// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/session.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mtc/npy.hpp"
#include "plugins/onnxruntime/saturation.hpp"
#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"
#include "tests/unit/plugins/onnxruntime/models.hpp"
#include "tests/unit/plugins/onnxruntime/tensors.hpp"

namespace mtc::onnxruntime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Shape = std::vector<std::int64_t>;

class SessionTest : public testing::Test {
 protected:
  std::string save(const onnx::ModelProto& model) {
    const auto path = (dir_ / "model.onnx").string();
    test::write_model(model, path);
    return path;
  }
  test::TempDir dir_;
};

TEST_F(SessionTest, describes_a_symbolic_batch_as_minus_one_and_resolves_it) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  auto session = open_session(library, save(test::add_model()));
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_EQ((*session)->inputs().size(), 1U);
  EXPECT_EQ((*session)->inputs()[0].name, "x");
  EXPECT_THAT((*session)->inputs()[0].shape, ElementsAre(-1, 3));
  EXPECT_EQ((*session)->outputs()[0].name, "y");
  std::vector inputs{test::float_tensor({2, 3}, std::vector<float>{10, 20, 30, 40, 50, 60})};
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ((*outputs)[0].shape, (Shape{2, 3}));
  EXPECT_THAT((*outputs)[0].values<float>(), ElementsAre(11, 22, 33, 41, 52, 63));
}

TEST_F(SessionTest, finds_extents_that_the_model_does_not_relate_to_its_inputs) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto model = test::parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
    flat (float[A, B] x) => (float[M] y) { one = Constant <value = int64[1] {-1}> () y = Reshape(x, one) })");
  auto session = open_session(library, save(model));
  ASSERT_TRUE(session) << session.error().message;
  for (const std::int64_t rows : {2, 5}) {
    std::vector inputs{
        test::float_tensor({rows, 3}, std::vector<float>(static_cast<std::size_t>(rows) * 3, 1))};
    auto outputs = test::infer(**session, inputs);
    ASSERT_TRUE(outputs) << outputs.error().message;
    EXPECT_EQ((*outputs)[0].shape, Shape{rows * 3});
  }
}

TEST_F(SessionTest, takes_the_shape_that_the_kernel_makes_where_onnx_infers_another) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto model = test::parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
    pool (float[1, 1, 5, 5] x) => (float[1, 1, A, B] y) {
      y = MaxPool <kernel_shape = [2, 2], strides = [2, 2], pads = [1, 1, 1, 1], ceil_mode = 1> (x) })");
  auto session = open_session(library, save(model));
  ASSERT_TRUE(session) << session.error().message;
  std::vector inputs{test::float_tensor({1, 1, 5, 5}, std::vector<float>(25, 1))};
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ((*outputs)[0].shape, (Shape{1, 1, 3, 3}));
}

TEST_F(SessionTest, takes_the_declared_shape_where_the_model_does_not_run_on_zeros) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto model = test::parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
    steps (float[1] delta) => (float[3] y) {
      one = Constant <value = int64[0] {}> ()
      step = Reshape(delta, one)
      zero = Constant <value = float {0.0}> ()
      end = Constant <value = float {3.0}> ()
      y = Range(zero, end, step) })");
  auto session = open_session(library, save(model));
  ASSERT_TRUE(session) << session.error().message;
  std::vector inputs{test::float_tensor({1}, std::vector<float>{1})};
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_THAT((*outputs)[0].values<float>(), ElementsAre(0, 1, 2));
}

TEST_F(SessionTest, names_the_input_and_both_shapes_when_the_data_does_not_fit) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto path = save(test::add_model());
  auto session = open_session(library, path);
  ASSERT_TRUE(session);
  std::vector inputs{test::float_tensor({2, 4}, std::vector<float>(8))};
  const auto outputs = test::infer(**session, inputs);
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code, Code::invalid_argument);
  EXPECT_EQ(outputs.error().message, "input x takes [N,3], but the data is [2,4]");
  EXPECT_EQ(outputs.error().where, path);
}

TEST_F(SessionTest, reads_metadata) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  auto model = test::add_model();
  test::set_metadata(model, "mtc.quant.scheme", "qdq.u8s8.per-channel/1");
  auto session = open_model(library, save(model), {});
  ASSERT_TRUE(session);
  const auto present = (*session)->metadata("mtc.quant.scheme");
  ASSERT_TRUE(present);
  EXPECT_EQ(*present, "qdq.u8s8.per-channel/1");
  const auto absent = (*session)->metadata("other");
  ASSERT_TRUE(absent);
  EXPECT_EQ(*absent, std::nullopt);
}

TEST_F(SessionTest, explains_a_file_that_is_no_model) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto path = dir_.write("broken.onnx", "not a model").string();
  const auto session = open_session(library, path);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::data_loss);
  EXPECT_THAT(session.error().message, HasSubstr("ONNX Runtime: "));
  EXPECT_EQ(session.error().where, path);
  EXPECT_FALSE(session.error().hint.empty());
}

TEST_F(SessionTest, explains_a_missing_model) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto session = open_session(library, (dir_ / "absent.onnx").string());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::not_found);
}

TEST_F(SessionTest, explains_a_missing_library) {
  const auto session = open_session((dir_ / "libonnxruntime.so.1").string(), "model.onnx");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::not_found);
  EXPECT_THAT(session.error().hint, HasSubstr("scripts/setup"));
}

TEST_F(SessionTest, refuses_a_library_that_is_no_onnx_runtime) {
  const auto session = open_session("libm.so.6", "model.onnx");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::failed_precondition);
}

TEST_F(SessionTest, refuses_outputs_that_are_no_tensors) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  auto model = test::parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
    list (float[2] x) => (float[2] y) { y = SequenceConstruct(x) })");
  auto& type = *model.mutable_graph()->mutable_output(0)->mutable_type();
  const auto element = type;
  *type.mutable_sequence_type()->mutable_elem_type() = element;
  const auto session = open_session(library, save(model));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::unimplemented);
  EXPECT_THAT(session.error().message, HasSubstr("output y"));
}

// 64 products 255 * 127 = 2 072 640; at a scale of 16320 that is exactly 127. A CPU that adds pairs of
// products in 16 bits with saturation gets 64 instead.
TEST_F(SessionTest, integer_products_are_exact_by_default_on_every_cpu) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto loaded = Library::load(library);
  ASSERT_TRUE(loaded);
  const auto saturate = products_saturate(**loaded);
  ASSERT_TRUE(saturate) << saturate.error().message;
  auto model = test::parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
    conv (float[N, 64, 1, 1] x) => (float[N, 8, 1, 1] y) {
      xq = QuantizeLinear(x, one, zero)
      xd = DequantizeLinear(xq, one, zero)
      wd = DequantizeLinear(w, one, zero_s)
      c = Conv(xd, wd)
      yq = QuantizeLinear(c, scale, zero)
      y = DequantizeLinear(yq, scale, zero)
    })");
  using onnx::TensorProto;
  test::add_initializer<float>(model, "one", TensorProto::FLOAT, {}, {1.0F});
  test::add_initializer<float>(model, "scale", TensorProto::FLOAT, {}, {16320.0F});
  test::add_initializer<std::uint8_t>(model, "zero", TensorProto::UINT8, {}, {0});
  test::add_initializer<std::int8_t>(model, "zero_s", TensorProto::INT8, {}, {0});
  test::add_initializer<std::int8_t>(model, "w", TensorProto::INT8, {8, 64, 1, 1},
                                     std::vector<std::int8_t>(512, 127));
  auto session = open_session(library, save(model));
  ASSERT_TRUE(session) << session.error().message;
  std::vector inputs{test::float_tensor({1, 64, 1, 1}, std::vector<float>(64, 255.0F))};
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  const float exact = 127.0F * 16320.0F;
  EXPECT_THAT((*outputs)[0].values<float>(), testing::Each(exact));
  auto plain = open_session(library, save(model), {false, 1});
  ASSERT_TRUE(plain) << plain.error().message;
  outputs = test::infer(**plain, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ((*outputs)[0].values<float>()[0] != exact, *saturate)
      << "the probe tells how this CPU multiplies";
}

TEST_F(SessionTest, an_interrupted_run_is_cancelled_and_the_next_one_works) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  auto session = open_session(library, save(test::add_model()));
  ASSERT_TRUE(session);
  (*session)->interrupt();
  std::vector inputs{test::float_tensor({1, 3}, std::vector<float>(3))};
  const auto stopped = test::infer(**session, inputs);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::cancelled);
  EXPECT_TRUE(test::infer(**session, inputs));
}

TEST_F(SessionTest, a_real_model_keeps_its_published_accuracy) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  MTC_REQUIRE_DATA(path, "models/mlperftiny_resnet8_cifar10.onnx");
  MTC_REQUIRE_DATA(images_path, "datasets/cifar10_test/images.npy");
  MTC_REQUIRE_DATA(labels_path, "datasets/cifar10_test/labels.npy");
  constexpr std::size_t kSamples = 1000;
  const auto images = npy::load(images_path.string());
  const auto labels = npy::load(labels_path.string());
  ASSERT_TRUE(images && labels);
  const auto pixels = images->values<std::uint8_t>().first(kSamples * 3 * 32 * 32);
  std::vector inputs{
      test::float_tensor({kSamples, 3, 32, 32}, std::vector<float>(pixels.begin(), pixels.end()))};
  auto session = open_session(library, path.string(), {true, 2});
  ASSERT_TRUE(session) << session.error().message;
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  const auto scores = (*outputs)[0].values<float>();
  std::size_t right = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const auto* row = scores.data() + i * 10;
    right += static_cast<std::size_t>(std::max_element(row, row + 10) - row) ==
             static_cast<std::size_t>(labels->values<std::int32_t>()[i]);
  }
  // 86.96 % on all 5000; three standard errors of 1000 samples are 3.2 points.
  EXPECT_NEAR(static_cast<double>(right) / kSamples, 0.8696, 0.032);
}

TEST_F(SessionTest, a_fixed_batch_and_initializers_listed_as_inputs_are_understood) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  MTC_REQUIRE_DATA(path, "models/mnist_cntk_opset8.onnx");
  auto session = open_session(library, path.string());
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_EQ((*session)->inputs().size(), 1U);
  EXPECT_EQ((*session)->inputs()[0].name, "Input3");
  EXPECT_THAT((*session)->inputs()[0].shape, ElementsAre(1, 1, 28, 28));
  EXPECT_THAT((*session)->outputs()[0].shape, ElementsAre(1, 10));
}

}  // namespace
}  // namespace mtc::onnxruntime
