// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/samples.hpp"

#include <algorithm>
#include <numeric>

#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::quantize {
namespace {

std::string print(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const auto extent : shape)
    text += (text.size() > 1 ? ", " : "") + (extent < 0 ? "?" : std::to_string(extent));
  return text + "]";
}

/// Extents of a graph input; -1 where symbolic.
std::vector<std::int64_t> input_shape(const onnx::ValueInfoProto& input) {
  std::vector<std::int64_t> shape;
  for (const auto& dim : input.type().tensor_type().shape().dim()) {
    shape.push_back(dim.dim_value() > 0 ? dim.dim_value() : -1);
  }
  return shape;
}

bool same_type(mtc_dtype a, mtc_dtype b) {
  return a.kind == b.kind && a.bits == b.bits && a.format == b.format;
}

bool fits(std::span<const std::int64_t> wanted, std::span<const std::int64_t> given) {
  return std::ranges::equal(wanted, given, [](std::int64_t w, std::int64_t g) { return w < 0 || w == g; });
}

Result<void> check_fit(const onnx::ValueInfoProto& input, const std::vector<std::int64_t>& shape,
                       const Samples& samples) {
  const int type = input.type().tensor_type().elem_type();
  if (!same_type(model::abi_type(type), samples.dtype)) {
    return Error{Code::invalid_argument,
                 "input '" + input.name() + "' takes " + model::type_name(type) +
                     ", the data has another element type",
                 "data", "give the data a preprocess that makes float32, or none for integer tokens"};
  }
  if (shape.empty() || !fits(std::span(shape).subspan(1), samples.shape)) {
    return Error{Code::invalid_argument,
                 "input '" + input.name() + "' takes " + print(shape) + ", a sample of the data is " +
                     print(samples.shape),
                 "data", "use data of the model's shape (after the batch axis), or another preprocess"};
  }
  return {};
}

}  // namespace

bool fixes_batch(const onnx::ModelProto& model) {
  const auto inputs = model::real_inputs(model.graph());
  const auto shape = inputs.empty() ? std::vector<std::int64_t>{} : input_shape(*inputs[0]);
  return !shape.empty() && shape[0] > 0;
}

Result<std::size_t> batch_size(const onnx::ModelProto& model, const Samples& samples, std::size_t wanted) {
  const auto inputs = model::real_inputs(model.graph());
  if (inputs.size() != 1) {
    return Error{Code::invalid_argument, "the model has " + std::to_string(inputs.size()) + " inputs", "data",
                 "calibration feeds models with exactly one input"};
  }
  const auto shape = input_shape(*inputs[0]);
  MTC_TRY(check_fit(*inputs[0], shape, samples));
  const std::size_t batch = shape[0] > 0 ? static_cast<std::size_t>(shape[0]) : wanted;
  const std::size_t least = shape[0] > 0 ? batch : 1;
  if (samples.count < least) {
    return Error{Code::invalid_argument,
                 "the data has " + std::to_string(samples.count) + " samples; calibration needs " +
                     std::to_string(least) + " or more",
                 "data", "raise take, lower skip, or give more files"};
  }
  return batch;
}

Result<void> for_each_batch(
    const Samples& samples, std::size_t limit, std::size_t batch, bool whole,
    const std::function<Result<void>(const autograd::HostTensor&, std::size_t)>& visit) {
  const std::size_t count = std::min(limit, samples.count);
  std::size_t sample_bytes = samples.dtype.bits / 8U;
  for (const auto extent : samples.shape) sample_bytes *= static_cast<std::size_t>(extent);
  std::vector<std::uint64_t> indices;
  autograd::HostTensor tensor{samples.dtype, {0}, {}};
  tensor.shape.insert(tensor.shape.end(), samples.shape.begin(), samples.shape.end());
  for (std::size_t first = 0; first < count; first += batch) {
    const std::size_t size = std::min(batch, count - first);
    if (whole && size < batch) break;
    indices.resize(size);
    std::iota(indices.begin(), indices.end(), std::uint64_t{first});
    tensor.shape[0] = static_cast<std::int64_t>(size);
    tensor.data.resize(size * sample_bytes);
    MTC_TRY(samples.read(indices, tensor.data));
    MTC_TRY(visit(tensor, first + size));
  }
  return {};
}

}  // namespace mtc::quantize
