// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/reference/inference.hpp"

#include <cstring>
#include <random>

namespace mtc::test {
namespace {

mtc_tensor view(const Values& values) {
  mtc_tensor tensor{};
  tensor.struct_size = sizeof tensor;
  tensor.dtype = values.dtype;
  tensor.rank = static_cast<std::uint32_t>(values.shape.size());
  tensor.shape = values.shape.data();
  tensor.data = const_cast<std::byte*>(values.data.data());  // inputs are only read
  tensor.bytes = values.data.size();
  tensor.capacity = values.data.size();
  return tensor;
}

Values zeros(mtc_dtype dtype, const std::vector<std::int64_t>& shape) {
  std::size_t bytes = dtype.bits / 8U;
  for (const auto extent : shape) bytes *= static_cast<std::size_t>(extent);
  return {dtype, shape, std::vector<std::byte>(bytes)};
}

}  // namespace

std::vector<Values> random_inputs(const sdk::Session& session, std::int64_t batch, float low, float high,
                                  std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Values> inputs;
  for (const auto& io : session.inputs()) {
    auto shape = io.shape;
    for (auto& extent : shape) extent = extent < 0 ? batch : extent;
    Values values = zeros(io.dtype, shape);
    const std::size_t width = io.dtype.bits / 8U;
    for (std::size_t at = 0; at < values.data.size(); at += width) {
      const auto bits = random() >> 40U;
      const float real = low + (high - low) * static_cast<float>(bits) / static_cast<float>(1U << 24U);
      const auto integer = static_cast<std::int64_t>(bits % 500);
      if (io.dtype.kind == MTC_KIND_FLOAT) std::memcpy(&values.data[at], &real, sizeof real);
      if (io.dtype.kind == MTC_KIND_INT) std::memcpy(&values.data[at], &integer, sizeof integer);
    }
    inputs.push_back(std::move(values));
  }
  return inputs;
}

Result<std::vector<Values>> infer(sdk::Session& session, const std::vector<Values>& inputs) {
  std::vector<mtc_tensor> given;
  for (const auto& input : inputs) given.push_back(view(input));
  MTC_ASSIGN(const auto shapes, session.resolve_shapes(given));
  std::vector<Values> outputs;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    outputs.push_back(zeros(session.outputs()[i].dtype, shapes[i]));
  std::vector<mtc_tensor> taken;
  for (const auto& output : outputs) taken.push_back(view(output));
  MTC_TRY(session.run(given, taken));
  return outputs;
}

}  // namespace mtc::test
