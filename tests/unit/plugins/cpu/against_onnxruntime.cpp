// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/cpu/against_onnxruntime.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/cpu/session.hpp"
#include "plugins/onnxruntime/session.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"

namespace mtc::cpu::test {
namespace {

constexpr double kTolerance = 1e-4;  // Of the output's range.

/// ONNX Runtime's outputs for `inputs`, whose shapes are those of the artifact (batch 1).
Result<std::vector<std::vector<float>>> run_onnxruntime(const std::string& library, const std::string& model,
                                                        const sdk::Session& like,
                                                        std::vector<std::vector<float>> inputs) {
  MTC_ASSIGN(const auto session, onnxruntime::open_session(library, model));
  const auto describe = [](const sdk::Io& io, std::vector<float>& data) {
    mtc_tensor tensor{};
    tensor.struct_size = sizeof tensor;
    tensor.dtype = io.dtype;
    tensor.rank = static_cast<std::uint32_t>(io.shape.size());
    tensor.shape = io.shape.data();
    tensor.data = data.data();
    tensor.bytes = tensor.capacity = data.size() * sizeof(float);
    return tensor;
  };
  std::vector<mtc_tensor> in, out;
  std::vector<std::vector<float>> outputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) in.push_back(describe(like.inputs()[i], inputs[i]));
  for (const auto& io : like.outputs()) {
    std::size_t elements = 1;
    for (const auto extent : io.shape) elements *= static_cast<std::size_t>(extent);
    outputs.emplace_back(elements);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) out.push_back(describe(like.outputs()[i], outputs[i]));
  MTC_TRY(session->run(in, out));
  return outputs;
}

}  // namespace

void expect_same(const std::string& model, bool avx2, float input_scale) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const mtc::test::TempDir dir;
  const auto report = compile_model(model, dir.path().string(), options(avx2), run_tool);
  ASSERT_TRUE(report) << report.error().message << " " << report.error().where;
  const auto session = open_artifact(dir.path().string());
  ASSERT_TRUE(session) << session.error().message;
  std::vector<std::vector<float>> inputs;
  for (const auto& io : (*session)->inputs()) {
    std::size_t elements = 1;
    for (const auto extent : io.shape) elements *= static_cast<std::size_t>(extent);
    inputs.push_back(random_values(elements, 5));
    for (auto& value : inputs.back()) value *= input_scale;
  }
  const auto run = run_artifact(dir.path().string(), inputs);
  ASSERT_TRUE(run) << run.error().message;
  const auto expected = run_onnxruntime(library, model, **session, inputs);
  ASSERT_TRUE(expected) << expected.error().message;
  for (std::size_t n = 0; n < expected->size(); ++n) {
    const auto [low, high] = std::ranges::minmax((*expected)[n]);
    double error = 0;
    for (std::size_t i = 0; i < (*expected)[n].size(); ++i) {
      error = std::max(
          error, std::fabs(static_cast<double>(run->outputs[n][i]) - static_cast<double>((*expected)[n][i])));
    }
    EXPECT_LE(error, kTolerance * std::max(static_cast<double>(high) - static_cast<double>(low), 1e-6))
        << "output " << n;
  }
}

}  // namespace mtc::cpu::test
