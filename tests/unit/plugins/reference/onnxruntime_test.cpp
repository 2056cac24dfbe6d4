// SPDX-License-Identifier: Apache-2.0
//
// The executor against ONNX Runtime on all real models, with seeded inputs.
#include <algorithm>
#include <cmath>
#include <iostream>

#include <gtest/gtest.h>

#include "plugins/onnxruntime/session.hpp"
#include "plugins/reference/session.hpp"
#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"
#include "tests/unit/plugins/onnxruntime/models.hpp"
#include "tests/unit/plugins/reference/inference.hpp"

namespace mtc::reference {
namespace {

/// A model and the range of its inputs after its preprocessing.
struct Case {
  const char* model;
  float low;
  float high;
};

class AgainstOnnxRuntime : public testing::TestWithParam<Case> {};

TEST_P(AgainstOnnxRuntime, the_largest_error_is_at_most_1e_4_of_the_outputs_range) {
  const Case& test = GetParam();
  MTC_REQUIRE_ONNXRUNTIME(library);
  MTC_REQUIRE_DATA(path, std::string("models/") + test.model + ".onnx");
  auto truth = onnxruntime::open_session(library, path.string());
  ASSERT_TRUE(truth) << truth.error().message;
  auto session = open_session(path.string(), 1);
  ASSERT_TRUE(session) << session.error().message << " at " << session.error().where;
  const auto inputs = test::random_inputs(**truth, 2, test.low, test.high, 20240501);
  const auto expected = test::infer(**truth, inputs);
  ASSERT_TRUE(expected) << expected.error().message;
  const auto actual = test::infer(**session, inputs);
  ASSERT_TRUE(actual) << actual.error().message << " at " << actual.error().where;
  ASSERT_EQ(actual->size(), expected->size());
  for (std::size_t i = 0; i < expected->size(); ++i) {
    ASSERT_EQ((*actual)[i].shape, (*expected)[i].shape);
    const auto want = (*expected)[i].floats();
    const auto got = (*actual)[i].floats();
    const auto [low, high] = std::minmax_element(want.begin(), want.end());
    const float range = *high - *low;
    float worst = 0;
    for (std::size_t k = 0; k < want.size(); ++k) worst = std::max(worst, std::abs(got[k] - want[k]));
    std::cout << test.model << " output " << i << ": error " << worst / range << " of range " << range
              << "\n";
    EXPECT_GT(range, 0);
    EXPECT_LE(worst, 1e-4F * range);
  }
}

class ResizeScale : public testing::TestWithParam<float> {};

TEST_P(ResizeScale, gives_the_extents_and_values_of_onnxruntime) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const test::TempDir folder;
  for (const std::int64_t extent : {7, 10, 13, 20, 30}) {
    onnx::ModelProto model = test::parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
      resize (float[1, 1, h, w] x) => (float[1, 1, H, W] y) { y = Resize <mode = "linear"> (x, , scales) })");
    test::add_initializer<float>(model, "scales", onnx::TensorProto::FLOAT, {4},
                                 {1, 1, GetParam(), GetParam()});
    const auto path = (folder / "model.onnx").string();
    test::write_model(model, path);
    auto truth = onnxruntime::open_session(library, path);
    ASSERT_TRUE(truth) << truth.error().message;
    auto session = open_session(path, 1);
    ASSERT_TRUE(session) << session.error().message;
    const auto inputs = test::random_inputs(**truth, extent, -1, 1, 3);
    const auto expected = test::infer(**truth, inputs);
    ASSERT_TRUE(expected) << expected.error().message;
    const auto actual = test::infer(**session, inputs);
    ASSERT_TRUE(actual) << actual.error().message;
    ASSERT_EQ(actual->front().shape, expected->front().shape) << extent;
    if (expected->front().shape == inputs.front().shape)
      continue;  // ONNX Runtime copies, the standard does not.
    const auto want = expected->front().floats();
    const auto got = actual->front().floats();
    for (std::size_t i = 0; i < want.size(); ++i)
      ASSERT_NEAR(got[i], want[i], 1e-5F) << extent << " element " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(scales, ResizeScale, testing::Values(0.3F, 0.7F, 0.9F, 1.1F, 1.3F, 1.4F, 2.6F),
                         [](const auto& scale) {
                           return "x" + std::to_string(std::lround(scale.param * 10.0F)) + "_tenths";
                         });

INSTANTIATE_TEST_SUITE_P(
    models, AgainstOnnxRuntime,
    testing::Values(Case{"cct_tiny_cifar10_opset13", -2, 2}, Case{"cct_tiny_cifar10_opset17", -2, 2},
                    Case{"fastestdet_coco_352", 0, 1}, Case{"mlperftiny_ad01_autoencoder", -40, 20},
                    Case{"mlperftiny_kws_dscnn", -40, 40}, Case{"mlperftiny_resnet8_cifar10", 0, 255},
                    Case{"mnist_cntk_opset8", 0, 255}, Case{"mobilenetv1_025_224_imagenet", -1, 1},
                    Case{"mobilenetv2_100_224_imagenet_dequant", -1, 1}, Case{"resnet20_cifar10", -2, 2},
                    Case{"resnet32_cifar10", -2, 2}, Case{"resnet56_cifar10", -2, 2},
                    Case{"squeezenet1_1_imagenet", -2, 2}, Case{"stories260k_llama", 0, 1},
                    Case{"ultraface_rfb320_bn", -1, 1}, Case{"ultraface_rfb320_simplified", -1, 1}),
    [](const auto& test) { return std::string(test.param.model); });

}  // namespace
}  // namespace mtc::reference
