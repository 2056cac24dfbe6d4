// SPDX-License-Identifier: Apache-2.0
//
// Percentiles and the distribution-free interval of the median, by rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mtc::bench {

/// The nearest-rank percentile: the smallest value that at least `percent` % of all are not above, which is
/// sorted[ceil(percent/100 · n) − 1]. Always one of the values. `sorted` rises and is not empty; percent in
/// (0, 100].
std::int64_t percentile(std::span<const std::int64_t> sorted, double percent);

/// Ranks, from 1, of two order statistics.
struct RankPair {
  std::size_t low = 0;
  std::size_t high = 0;
};

/// The ranks l and n+1−l whose order statistics enclose the median of the distribution with at least 95 %:
/// the largest l with P(B < l) ≤ 0.025 for B binomial (n, ½). None where n < 6: no such ranks exist. Assumes
/// independent runs. Source: W. J. Conover, "Practical Nonparametric Statistics", 3rd ed. (1999), §3.2.
std::optional<RankPair> median_interval_ranks(std::size_t n);

}  // namespace mtc::bench
