// SPDX-License-Identifier: Apache-2.0
#include "plugins/sparsify/magnitude.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace mtc::sparsify {
namespace {

std::size_t count_zeros(std::span<const float> weights) {
  return static_cast<std::size_t>(std::ranges::count(weights, 0.0F));
}

/// Zeroes the two smallest of the four entries first, first + step, …
void prune_group(std::span<float> weights, std::size_t first, std::size_t step) {
  std::array<std::size_t, 4> order{0, 1, 2, 3};
  // Stable, so that of equal magnitudes the lower index goes first.
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::fabs(weights[first + i * step]); });
  weights[first + order[0] * step] = 0.0F;
  weights[first + order[1] * step] = 0.0F;
}

}  // namespace

Result<std::size_t> zero_smallest(std::span<float> weights, double fraction) {
  if (!(fraction >= 0.0 && fraction <= 1.0)) {
    return Error{Code::invalid_argument, "sparsity is " + std::to_string(fraction), "sparsity",
                 "use a fraction from 0 to 1"};
  }
  // A fraction such as 0.29 is not exact in binary: rounding noise below a whole count must not lose a zero.
  const double exact = fraction * static_cast<double>(weights.size());
  const auto count = std::min(weights.size(), static_cast<std::size_t>(std::floor(exact + 1e-9 * exact)));
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::fabs(weights[i]); });
  for (std::size_t rank = 0; rank < count; ++rank) weights[order[rank]] = 0.0F;
  return count_zeros(weights);
}

Result<std::size_t> zero_two_of_four(std::span<float> weights, const ChannelView& view) {
  if (view.channels % 4 != 0 || view.outer * view.channels * view.inner != weights.size()) {
    return Error{Code::invalid_argument,
                 "2:4 needs a multiple of 4 input channels, not " + std::to_string(view.channels),
                 {},
                 "leave this weight dense"};
  }
  for (std::size_t outer = 0; outer < view.outer; ++outer) {
    for (std::size_t channel = 0; channel < view.channels; channel += 4) {
      const std::size_t base = (outer * view.channels + channel) * view.inner;
      for (std::size_t inner = 0; inner < view.inner; ++inner) prune_group(weights, base + inner, view.inner);
    }
  }
  return count_zeros(weights);
}

}  // namespace mtc::sparsify
