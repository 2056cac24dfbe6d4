// SPDX-License-Identifier: Apache-2.0
//
// Every kind of model comes out as valid ONNX that the executor and ONNX Runtime run alike.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <onnx/checker.h>

#include "plugins/onnxruntime/session.hpp"
#include "plugins/quantize/ptq.hpp"
#include "plugins/support/onnx/model.hpp"
#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"
#include "tests/unit/plugins/onnxruntime/tensors.hpp"
#include "tests/unit/plugins/quantize/real_data.hpp"

namespace mtc::quantize {
namespace {

struct Case {
  std::string model;
  std::string data;  ///< Empty: seeded random values of `shape`.
  std::vector<std::int64_t> shape;
  test::Preprocess preprocess;
  double least_sqnr_db;
};

void PrintTo(const Case& which, std::ostream* stream) { *stream << which.model; }

const std::string kCifar = "datasets/cifar10_train/images_0.npy";
const std::string kCrops = "datasets/imagenet_sample/crops224_200.npy";

Samples tokens(const std::string& path, std::size_t count) {
  const auto array = *npy::load(path);
  const auto all = array.values<std::int64_t>();
  const auto used = all.first(count * 256);
  return test::from_values(std::vector<std::int64_t>(used.begin(), used.end()), {256}, array.header.dtype);
}

Samples samples_of(const Case& which, const std::string& path) {
  if (which.data.empty()) return test::random_samples(8, which.shape);
  if (which.data.find("tokens") != std::string::npos) return tokens(path, 4);
  return test::from_npy(path, 0, which.data == kCrops ? 4 : 16, which.preprocess);
}

mtc::test::Tensor batch_of(const onnx::ModelProto& model, const Samples& samples) {
  const std::uint64_t count = fixes_batch(model) ? 1 : 2;
  const std::vector<std::uint64_t> all{0, 1};
  mtc::test::Tensor tensor{samples.dtype, {static_cast<std::int64_t>(count)}, {}};
  std::size_t bytes = count * samples.dtype.bits / 8;
  for (const auto extent : samples.shape) bytes *= static_cast<std::size_t>(extent);
  tensor.shape.insert(tensor.shape.end(), samples.shape.begin(), samples.shape.end());
  tensor.data.resize(bytes);
  EXPECT_TRUE(samples.read(std::span(all).first(count), tensor.data));
  return tensor;
}

class QuantizeModel : public testing::TestWithParam<Case> {};

TEST_P(QuantizeModel, IsValidOnnxThatOnnxRuntimeRunsLikeTheExecutor) {
  MTC_REQUIRE_DATA(path, "models/" + GetParam().model);
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto data = GetParam().data.empty() ? std::filesystem::path() : mtc::test::data_path(GetParam().data);
  const auto samples = samples_of(GetParam(), data.string());
  Options options;
  options.report_samples = 4;
  const auto outcome = quantize(*model::load(path.string()), samples, options, test::go_on);
  ASSERT_TRUE(outcome) << outcome.error().message << " at " << outcome.error().where;
  EXPECT_NO_THROW(onnx::checker::check_model(outcome->model));
  EXPECT_GE(outcome->report.outputs[0].sqnr_db, GetParam().least_sqnr_db);

  const mtc::test::TempDir folder;
  const auto file = (folder / "model.onnx").string();
  ASSERT_TRUE(model::save(outcome->model, file));
  auto session = onnxruntime::open_session(library, file);
  ASSERT_TRUE(session) << session.error().message;
  std::vector<mtc::test::Tensor> inputs{batch_of(outcome->model, samples)};
  const auto expected = mtc::test::infer(**session, inputs);
  ASSERT_TRUE(expected) << expected.error().message;
  auto executor = *autograd::Executor::create(outcome->model, {});
  const autograd::HostTensor input{inputs[0].dtype, inputs[0].shape, inputs[0].data};
  const auto found = executor.run(std::span(&input, 1));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->front().data.size(), expected->front().data.size());
  const auto theirs = expected->front().values<float>();
  const mtc::test::Tensor ours{found->front().dtype, found->front().shape, found->front().data};
  const auto values = ours.values<float>();
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    signal += std::pow(static_cast<double>(theirs[i]), 2);
    noise += std::pow(static_cast<double>(theirs[i]) - static_cast<double>(values[i]), 2);
  }
  RecordProperty("sqnr_db", std::to_string(outcome->report.outputs[0].sqnr_db));
  EXPECT_GE(10.0 * std::log10(signal / std::max(noise, 1e-30)), GetParam().least_sqnr_db)
      << "against ONNX Runtime";
}

INSTANTIATE_TEST_SUITE_P(
    Shared, QuantizeModel,
    testing::Values(
        Case{"resnet20_cifar10.onnx", kCifar, {}, test::kImageNet, 20.0},
        Case{"mlperftiny_resnet8_cifar10.onnx", kCifar, {}, {}, 20.0},
        Case{"mlperftiny_kws_dscnn.onnx", "datasets/kws_speech_commands/features.npy", {}, {}, 20.0},
        Case{"mobilenetv1_025_224_imagenet.onnx", kCrops, {}, test::kTensorFlow, 5.0},
        Case{"mobilenetv2_100_224_imagenet_dequant.onnx", kCrops, {}, test::kTensorFlow, 10.0},
        Case{"ultraface_rfb320_bn.onnx", "", {3, 240, 320}, {}, 15.0},
        Case{"ultraface_rfb320_simplified.onnx", "", {3, 240, 320}, {}, 15.0},
        Case{"fastestdet_coco_352.onnx", "", {3, 352, 352}, {}, 10.0},
        Case{"squeezenet1_1_imagenet.onnx", kCrops, {}, test::kImageNet, 20.0},
        Case{"mnist_cntk_opset8.onnx", "datasets/mnist_test/images.npy", {}, {}, 25.0},
        Case{"mlperftiny_ad01_autoencoder.onnx", "", {640}, {}, 20.0},
        Case{"cct_tiny_cifar10_opset13.onnx", kCifar, {}, test::kImageNet, 10.0},
        Case{"cct_tiny_cifar10_opset17.onnx", kCifar, {}, test::kImageNet, 10.0},
        Case{"stories260k_llama.onnx", "datasets/tinystories_tokens/generated_ids.npy", {}, {}, 10.0}),
    [](const auto& which) {
      std::string name = which.param.model.substr(0, which.param.model.size() - 5);
      return name;
    });

}  // namespace
}  // namespace mtc::quantize
