// SPDX-License-Identifier: Apache-2.0
//
// What the runs of a measurement read.
#pragma once

#include <cstdint>
#include <vector>

#include "core/host/host.hpp"
#include "core/host/session.hpp"
#include "core/host/tensor.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

/// The inputs that runs take in turn: up to eight batches of the action's input `data`; without it one set of
/// values drawn by `seed`. Errors: invalid_argument when data and model do not fit, or when extents beside
/// the batch are open and there is no data.
Result<std::vector<std::vector<Tensor>>> measure_inputs(Host& host, const Session& session,
                                                        std::int64_t batch, std::int64_t seed);

}  // namespace mtc::host
