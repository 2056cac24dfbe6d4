// SPDX-License-Identifier: Apache-2.0
//
// Which weights become zero: pruning by magnitude on plain arrays.
#pragma once

#include <cstddef>
#include <span>

#include "mtc/result.hpp"

namespace mtc::sparsify {

/// A weight seen as [outer, channels, inner], row-major; `channels` is the axis that a dot product runs over.
struct ChannelView {
  std::size_t outer = 1;
  std::size_t channels = 1;
  std::size_t inner = 1;
};

/// Zeroes in place the floor(fraction · n) entries of least magnitude of `weights` (n finite values, any
/// shape). Ties: the lower index first. Returns how many entries are zero afterwards.
/// Errors: invalid_argument when `fraction` is outside [0, 1].
/// Source: Zhu and Gupta 2017, arXiv:1710.01878, in one step (initial = final sparsity).
Result<std::size_t> zero_smallest(std::span<float> weights, double fraction);

/// Zeroes in place, for each (outer, inner), the two entries of least magnitude of every four consecutive
/// channels. Ties: the lower index first. Returns how many entries are zero afterwards.
/// Errors: invalid_argument when `channels` is not a multiple of 4 or the view does not cover `weights`.
/// Source: Mishra et al. 2021, arXiv:2104.08378, section 3.
Result<std::size_t> zero_two_of_four(std::span<float> weights, const ChannelView& view);

}  // namespace mtc::sparsify
