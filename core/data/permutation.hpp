// SPDX-License-Identifier: Apache-2.0
//
// Seeded random numbers and permutations that are the same on every machine and with every compiler. The
// algorithm is part of the meaning of a dataset (`seed = 0`): changing it changes results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mtc::data {

/// SplitMix64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
/// with the constants of Vigna's public-domain reference implementation.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  /// Uniform in 0..bound-1, without bias (rejection). `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1): the upper 24 bits, so that every value is exact in float32.
  float unit();

 private:
  std::uint64_t state_;
};

/// A permutation of 0..count-1 that depends on `count` and `seed` alone: Fisher–Yates from the last element
/// down (Knuth, TAOCP vol. 2, 3.4.2, algorithm P) with SplitMix64(seed).below(i + 1).
std::vector<std::uint64_t> permutation(std::size_t count, std::uint64_t seed);

}  // namespace mtc::data
