// SPDX-License-Identifier: Apache-2.0
#include "core/host/batch.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/host/convert.hpp"

namespace mtc::host {
namespace {

Error invalid(std::string message, const std::string& where, std::string hint) {
  return Error{Code::invalid_argument, std::move(message), where, std::move(hint)};
}

std::string names(const std::vector<Io>& inputs) {
  std::string text;
  for (const auto& io : inputs) text += (text.empty() ? "" : ", ") + io.name;
  return text;
}

bool same_shape(const std::vector<std::int64_t>& model, const std::vector<std::int64_t>& sample) {
  if (model.size() != sample.size() + 1) return false;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (model[i + 1] >= 0 && model[i + 1] != sample[i]) return false;
  }
  return true;
}

}  // namespace

std::int64_t fixed_batch(const std::vector<Io>& inputs) {
  if (inputs.empty()) return 1;
  const auto& shape = inputs.front().shape;
  if (shape.empty()) return 1;
  return std::max<std::int64_t>(shape.front(), 0);
}

Result<std::int64_t> choose_batch(const std::vector<Io>& inputs, std::int64_t wanted,
                                  std::int64_t otherwise) {
  const std::int64_t fixed = fixed_batch(inputs);
  if (wanted < 0) return invalid("batch is " + std::to_string(wanted), "batch", "use 0 or more");
  if (fixed != 0 && wanted != 0 && wanted != fixed) {
    return invalid(
        "batch is " + std::to_string(wanted) + ", but the model takes exactly " + std::to_string(fixed),
        inputs.empty() ? std::string("batch") : inputs.front().name,
        "use batch 0 or " + std::to_string(fixed));
  }
  if (wanted != 0) return wanted;
  return fixed != 0 ? fixed : otherwise;
}

Result<const Io*> match_dataset(const std::vector<Io>& inputs, const data::Dataset& dataset) {
  if (inputs.size() != 1) {
    return invalid("the model has " + std::to_string(inputs.size()) + " inputs (" + names(inputs) +
                       "), a dataset fills one",
                   dataset.name(), "use a model with one input");
  }
  const Io& io = inputs.front();
  if (!same_shape(io.shape, dataset.shape())) {
    return invalid("the model's input " + io.name + " is " + data::describe(io.shape) + ", the samples are " +
                       data::describe(dataset.shape()),
                   dataset.name(),
                   "give data of the model's shape (without the first axis), or another model");
  }
  const bool float_data = dataset.dtype().kind == MTC_KIND_FLOAT;
  const bool float_input = io.dtype.kind == MTC_KIND_FLOAT || io.scale != 0.0;
  if (!npy::same_type(io.dtype, dataset.dtype()) && !(float_data && float_input)) {
    return invalid("the model's input " + io.name + " is of type " + data::type_text(io.dtype) +
                       ", the samples are of type " + data::type_text(dataset.dtype()),
                   dataset.name(), "check preprocess and the model");
  }
  return &io;
}

Result<void> load_batch(const data::Dataset& dataset, std::size_t first, std::size_t count, const Io& io,
                        Tensor& input) {
  std::vector<std::uint64_t> indices(count);
  for (std::size_t i = 0; i < count; ++i) indices[i] = std::min(first + i, dataset.samples() - 1);
  if (npy::same_type(io.dtype, dataset.dtype())) return dataset.read(indices, input.bytes());
  std::vector<float> values(count * dataset.sample_bytes() / sizeof(float));
  MTC_TRY(dataset.read(indices, std::as_writable_bytes(std::span(values))));
  return from_float(io, values, input.bytes());
}

}  // namespace mtc::host
