// SPDX-License-Identifier: Apache-2.0
//
// From a picture of any size to the planes of one sample: resize, centre crop, colour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/data/image.hpp"

namespace mtc::data {

enum class Filter { bilinear, area, bicubic };
enum class Color { rgb, bgr, gray };

/// Height and width of a sample, in pixels.
struct Size {
  int height = 0;
  int width = 0;
  bool operator==(const Size&) const = default;
};

struct Geometry {
  std::optional<int>
      shorter_side;  ///< Resize keeping the ratio; the longer side is long·target/short, rounded down.
  std::optional<Size> exact;  ///< Resize to exactly this; not together with shorter_side.
  Filter filter = Filter::bilinear;
  std::optional<Size> crop;  ///< Cut from the centre: offset (H − crop)/2, integer division.
  Color color = Color::rgb;

  [[nodiscard]] std::size_t channels() const { return color == Color::gray ? 1 : 3; }
};

/// Resizes with OpenCV imgproc: bilinear is INTER_LINEAR_EXACT (same bytes on every CPU), area INTER_AREA,
/// bicubic INTER_CUBIC; none of the first and last low-pass filters when it shrinks.
Result<Image> resize(const Image& image, const Geometry& geometry);

/// Cuts `size` from the centre. Errors: invalid_argument when the picture is smaller.
Result<Image> crop_center(const Image& image, Size size);

/// The planes [channels, H, W] of `image`. Gray is (299 R + 587 G + 114 B + 500)/1000, integer (BT.601 luma).
std::vector<std::uint8_t> to_planes(const Image& image, Color color);

}  // namespace mtc::data
