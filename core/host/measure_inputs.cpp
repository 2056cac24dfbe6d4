// SPDX-License-Identifier: Apache-2.0
#include "core/host/measure_inputs.hpp"

#include <algorithm>

#include "core/data/array_file.hpp"
#include "core/data/permutation.hpp"
#include "core/host/batch.hpp"
#include "core/host/convert.hpp"

namespace mtc::host {
namespace {

constexpr std::size_t kMaxInputSets = 8;  // batches of the dataset that runs take in turn

/// Fills `tensor` with seeded values: uniform in [0, 1) for floats (quantized where the input is), 0 or 1 for
/// integers.
Result<void> fill_random(const Io& io, data::SplitMix64& random, Tensor& tensor) {
  const bool integers = io.dtype.kind != MTC_KIND_FLOAT && io.scale == 0.0 && io.dtype.bits % 8 == 0;
  if (integers) {
    const std::size_t width = io.dtype.bits / 8U;
    std::fill(tensor.bytes().begin(), tensor.bytes().end(), std::byte{0});
    // Little endian: the first byte of an element is its lowest.
    for (std::size_t at = 0; at < tensor.bytes().size(); at += width) {
      tensor.bytes()[at] = static_cast<std::byte>(random.below(2));
    }
    return {};
  }
  std::vector<float> values(element_count(tensor.shape()));
  for (auto& value : values) value = random.unit();
  return from_float(io, values, tensor.bytes());
}

Result<std::vector<Tensor>> random_inputs(const std::vector<Io>& inputs, std::int64_t batch,
                                          std::int64_t seed) {
  data::SplitMix64 random(static_cast<std::uint64_t>(seed));
  std::vector<Tensor> tensors;
  for (const auto& io : inputs) {
    std::vector<std::int64_t> shape = io.shape;
    if (!shape.empty() && shape.front() < 0) shape.front() = batch;
    if (std::any_of(shape.begin(), shape.end(), [](auto extent) { return extent < 0; })) {
      return Error{Code::invalid_argument,
                   "the model's input " + io.name + " is " + data::describe(io.shape) +
                       ": extents other than the batch are open",
                   io.name, "give data to measure with"};
    }
    MTC_ASSIGN(auto tensor, Tensor::make(io.dtype, std::move(shape), "input " + io.name));
    MTC_TRY(fill_random(io, random, tensor));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace

Result<std::vector<std::vector<Tensor>>> measure_inputs(Host& host, const Session& session,
                                                        std::int64_t batch, std::int64_t seed) {
  std::vector<std::vector<Tensor>> sets;
  if (host.spec().input("data") == nullptr) {
    MTC_ASSIGN(auto inputs, random_inputs(session.inputs(), batch, seed));
    sets.push_back(std::move(inputs));
    return sets;
  }
  MTC_ASSIGN(const data::Dataset* dataset, host.dataset("data"));
  MTC_ASSIGN(const Io* io, match_dataset(session.inputs(), *dataset));
  const auto rows = static_cast<std::size_t>(batch);
  for (std::size_t first = 0; first < dataset->samples() && sets.size() < kMaxInputSets; first += rows) {
    std::vector<std::int64_t> shape{batch};
    shape.insert(shape.end(), dataset->shape().begin(), dataset->shape().end());
    MTC_ASSIGN(auto tensor, Tensor::make(io->dtype, std::move(shape), "input " + io->name));
    MTC_TRY(load_batch(*dataset, first, rows, *io, tensor));
    sets.emplace_back().push_back(std::move(tensor));
  }
  return sets;
}

}  // namespace mtc::host
