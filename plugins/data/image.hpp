// SPDX-License-Identifier: Apache-2.0
//
// A decoded picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mtc::data {

/// 8-bit RGB, interleaved, rows from the top without padding: pixels[(y * width + x) * 3 + channel].
struct Image {
  int height = 0;
  int width = 0;
  std::vector<std::uint8_t> pixels;

  Image() = default;
  Image(int rows, int columns)
      : height(rows),
        width(columns),
        pixels(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * 3) {}
};

/// Most pixels of one picture: a damaged header must not ask for all the memory there is.
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 28;

}  // namespace mtc::data
