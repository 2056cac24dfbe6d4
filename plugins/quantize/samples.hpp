// SPDX-License-Identifier: Apache-2.0
//
// Calibration samples: where they come from, and whether the model takes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/support/autograd/executor.hpp"

namespace mtc::quantize {

/// A dataset, read piece by piece.
struct Samples {
  std::size_t count = 0;
  std::vector<std::int64_t> shape;  ///< Of one sample, without the batch axis.
  mtc_dtype dtype{};
  /// Writes the samples `indices` densely to `out`.
  std::function<Result<void>(std::span<const std::uint64_t> indices, std::span<std::byte> out)> read;
};

/// What a long computation reports to and asks, between two batches: an error means that it shall end.
using Monitor = std::function<Result<void>(const std::string& phase, std::size_t done, std::size_t total,
                                           const std::string& unit)>;

/// How many samples go through `model` at once: what its input fixes, else `wanted`.
/// Errors: invalid_argument when there are no samples, or fewer than the model's fixed batch; when the model
/// has not exactly one input; when the samples' shape or element type is not that of the input (both are
/// named).
Result<std::size_t> batch_size(const onnx::ModelProto& model, const Samples& samples, std::size_t wanted);

/// Calls visit(batch) for the first `limit` samples in order, `batch` at a time. With `whole` a last
/// incomplete batch is left out (models with a fixed batch), else it is smaller.
Result<void> for_each_batch(
    const Samples& samples, std::size_t limit, std::size_t batch, bool whole,
    const std::function<Result<void>(const autograd::HostTensor&, std::size_t done)>& visit);

/// True when the model's input fixes the batch size.
bool fixes_batch(const onnx::ModelProto& model);

}  // namespace mtc::quantize
