// SPDX-License-Identifier: Apache-2.0
//
// Random integers that are the same on every machine. Source: SplitMix64, S. Vigna, public domain
// (https://prng.di.unimi.it/splitmix64.c), from Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014.
#pragma once

#include <cstdint>

namespace mtc::data {

class Random {
 public:
  /// The stream that `seed` and `stream` name; different pairs give unrelated streams.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(mix(seed + kStep) ^ mix(mix(stream) + kStep)) {}

  std::uint64_t next() {
    state_ += kStep;
    return mix(state_);
  }
  /// Uniform in [low, high]; the bias of the division is below 2^-32 for ranges below 2^32.
  int between(int low, int high) {
    const auto range = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<int>(next() % range);
  }
  /// True in `percent` of 100 cases.
  bool chance(int percent) { return between(0, 99) < percent; }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

}  // namespace mtc::data
