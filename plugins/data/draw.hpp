// SPDX-License-Identifier: Apache-2.0
//
// Draws one labelled picture in integer arithmetic, so that its bytes are the same on every CPU.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "plugins/data/random.hpp"

namespace mtc::data {

inline constexpr int kSide = 32;  ///< Height and width, in pixels.
inline constexpr int kClasses = 10;
inline constexpr std::size_t kSampleBytes = std::size_t{3} * kSide * kSide;

/// Names by class index: five outlines, then five textures within a patch.
inline constexpr std::array<const char*, kClasses> kClassNames{
    "disc", "square", "triangle", "ring", "cross", "crescent", "rows", "columns", "checker", "dots"};

struct Difficulty {
  int noise = 8;       ///< Standard deviation of a pixel's noise, 0..128.
  int occlusion = 10;  ///< Percentage of pictures with a bar across the object.
};

/// Fills `planes` ([3, 32, 32], RGB) with a picture of class `label`. Position, size, angle, both colours, a
/// shading of the background, thin lines behind the object, the bar and the noise come from `random` and tell
/// nothing of the class.
void draw(int label, const Difficulty& difficulty, Random& random,
          std::span<std::uint8_t, kSampleBytes> planes);

}  // namespace mtc::data
