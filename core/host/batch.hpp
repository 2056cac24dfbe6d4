// SPDX-License-Identifier: Apache-2.0
//
// How many samples a run takes, and whether a dataset fits a model. The first axis of an input is the batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/host/session.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

/// The batch that the model's first input fixes, or 0 for any.
std::int64_t fixed_batch(const std::vector<Io>& inputs);

/// The samples of one run: `wanted`, or for 0 what the model fixes, else `otherwise`.
/// Errors: invalid_argument when `wanted` is negative or is not what the model fixes.
Result<std::int64_t> choose_batch(const std::vector<Io>& inputs, std::int64_t wanted, std::int64_t otherwise);

/// The one input that samples of `dataset` go into. Errors: invalid_argument when the model has another
/// number of inputs, or takes samples of another shape or type: both are named.
Result<const Io*> match_dataset(const std::vector<Io>& inputs, const data::Dataset& dataset);

/// Writes the samples first..first+count-1 of `dataset` (the last one repeated past its end) into `input`,
/// whose type is that of `io`.
Result<void> load_batch(const data::Dataset& dataset, std::size_t first, std::size_t count, const Io& io,
                        Tensor& input);

}  // namespace mtc::host
