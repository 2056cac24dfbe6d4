// SPDX-License-Identifier: Apache-2.0
//
// Every real model that target cpu claims to run, against ONNX Runtime.
#include <string>

#include <gtest/gtest.h>

#include "tests/support/data_path.hpp"
#include "tests/unit/plugins/cpu/against_onnxruntime.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"

namespace mtc::cpu::test {
namespace {

struct RealModel {
  const char* file;
  float input_scale = 1.0F;
};
void PrintTo(const RealModel& value, std::ostream* stream) { *stream << value.file; }

class FloatModelTest : public testing::TestWithParam<RealModel> {};

TEST_P(FloatModelTest, EqualsOnnxRuntimeWithinOneTenThousandthOfTheRange) {
  MTC_REQUIRE_DATA(model, std::string("models/") + GetParam().file + ".onnx");
  expect_same(model.string(), has_avx2(), GetParam().input_scale);
}

INSTANTIATE_TEST_SUITE_P(
    Models, FloatModelTest,
    testing::Values(RealModel{"resnet20_cifar10"}, RealModel{"resnet32_cifar10"},
                    RealModel{"resnet56_cifar10"}, RealModel{"mlperftiny_resnet8_cifar10", 100.0F},
                    RealModel{"mlperftiny_kws_dscnn", 20.0F}, RealModel{"mobilenetv1_025_224_imagenet"},
                    RealModel{"mobilenetv2_100_224_imagenet_dequant"}, RealModel{"squeezenet1_1_imagenet"},
                    RealModel{"mnist_cntk_opset8", 100.0F}, RealModel{"mlperftiny_ad01_autoencoder", 10.0F},
                    RealModel{"ultraface_rfb320_simplified"}),
    [](const auto& test) { return std::string(test.param.file); });

}  // namespace
}  // namespace mtc::cpu::test
