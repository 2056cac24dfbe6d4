// SPDX-License-Identifier: Apache-2.0
//
// Views of a dataset: which samples of the source, in which order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::data {

/// Applies `views` ([{"seed": 0 | null, "skip": 0, "take": 256 | null}], in order: permute, skip, take) to
/// the samples 0..count-1 and returns the source index of each sample of the result. Errors: invalid_argument
/// for another form, for more samples than there are, and for an empty result.
Result<std::vector<std::uint64_t>> apply_views(const Json& views, std::size_t count);

}  // namespace mtc::data
