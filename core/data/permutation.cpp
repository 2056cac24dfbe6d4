// SPDX-License-Identifier: Apache-2.0
#include "core/data/permutation.hpp"

#include <numeric>
#include <utility>

namespace mtc::data {

std::uint64_t SplitMix64::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::uint64_t SplitMix64::below(std::uint64_t bound) {
  // 2^64 mod bound values at the low end would make small results more likely: draw again.
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t value = next();
  while (value < threshold) value = next();
  return value % bound;
}

float SplitMix64::unit() { return static_cast<float>(next() >> 40U) * 0x1p-24F; }

std::vector<std::uint64_t> permutation(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint64_t> order(count);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  SplitMix64 random(seed);
  for (std::size_t i = count; i-- > 1;) std::swap(order[i], order[random.below(i + 1)]);
  return order;
}

}  // namespace mtc::data
