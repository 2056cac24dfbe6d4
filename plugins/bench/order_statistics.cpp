// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/order_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mtc::bench {
namespace {

constexpr double kTail = 0.025;

/// log P(B = k) for B binomial (n, ½).
double log_probability(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) - n * std::numbers::ln2;
}

}  // namespace

std::int64_t percentile(std::span<const std::int64_t> sorted, double percent) {
  // A percent such as 99.9 is not exact in binary: rounding noise above a whole rank must not add one.
  const double exact = percent * static_cast<double>(sorted.size()) / 100;
  const auto rank = static_cast<std::size_t>(std::ceil(exact - 1e-9 * exact));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

std::optional<RankPair> median_interval_ranks(std::size_t n) {
  const auto size = static_cast<double>(n);
  // All but 1e-80 of the distribution lies within ten standard deviations (√n/2 each) twice over.
  const double start = std::max(0.0, std::floor(size / 2 - 10 * std::sqrt(size)));
  double below = 0;  // P(B < low)
  auto low = static_cast<std::size_t>(start);
  while (true) {
    const double next = below + std::exp(log_probability(size, static_cast<double>(low)));
    if (next > kTail) break;
    below = next;
    ++low;
  }
  if (low == 0) return std::nullopt;
  return RankPair{low, n + 1 - low};
}

}  // namespace mtc::bench
