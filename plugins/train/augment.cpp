// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/augment.hpp"

#include <algorithm>
#include <cstddef>

namespace mtc::train {
namespace {

/// A value in [-reach, reach], each equally likely up to 2^-58.
std::int64_t draw_shift(std::mt19937_64& random, std::int64_t reach) {
  const auto choices = static_cast<std::uint64_t>(2 * reach + 1);
  return static_cast<std::int64_t>((random() >> 6U) % choices) - reach;
}

void mirror(std::span<float> plane, std::size_t width) {
  for (std::size_t row = 0; row < plane.size(); row += width) {
    std::ranges::reverse(plane.subspan(row, width));
  }
}

/// plane[y][x] = old[y + down][x + right], 0 outside.
void shift(std::span<float> plane, std::int64_t width, std::int64_t down, std::int64_t right,
           std::vector<float>& scratch) {
  scratch.assign(plane.begin(), plane.end());
  const std::int64_t height = static_cast<std::int64_t>(plane.size()) / width;
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t from_y = y + down;
      const std::int64_t from_x = x + right;
      const bool inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
      plane[static_cast<std::size_t>(y * width + x)] =
          inside ? scratch[static_cast<std::size_t>(from_y * width + from_x)] : 0.0F;
    }
  }
}

}  // namespace

Result<Augmentation> parse_augmentation(const std::vector<std::string>& names,
                                        std::span<const std::int64_t> sample_shape) {
  Augmentation augmentation;
  bool none = false;
  for (const auto& name : names) {
    none = none || name == "none";
    augmentation.flip = augmentation.flip || name == "flip";
    augmentation.crop = augmentation.crop || name == "crop";
  }
  const bool any = augmentation.flip || augmentation.crop;
  if (none && any) {
    return Error{Code::invalid_argument, "augment lists \"none\" beside another", "augment",
                 "use [\"none\"], or flip and crop alone"};
  }
  if (any && sample_shape.size() != 3) {
    return Error{
        Code::invalid_argument,
        "augment works on images [C, H, W]; a sample has rank " + std::to_string(sample_shape.size()),
        "augment", "use augment = [\"none\"]"};
  }
  return augmentation;
}

void augment(std::span<float> images, std::span<const std::int64_t> shape, const Augmentation& augmentation,
             std::mt19937_64& random) {
  if (!augmentation.flip && !augmentation.crop) return;
  const auto planes = static_cast<std::size_t>(shape[1]);
  const auto area = static_cast<std::size_t>(shape[2] * shape[3]);
  std::vector<float> scratch;
  for (std::int64_t image = 0; image < shape[0]; ++image) {
    const bool flipped = augmentation.flip && (random() >> 63U) != 0;
    const std::int64_t down = augmentation.crop ? draw_shift(random, shape[2] / 8) : 0;
    const std::int64_t right = augmentation.crop ? draw_shift(random, shape[3] / 8) : 0;
    for (std::size_t channel = 0; channel < planes; ++channel) {
      const auto plane = images.subspan((static_cast<std::size_t>(image) * planes + channel) * area, area);
      if (flipped) mirror(plane, static_cast<std::size_t>(shape[3]));
      if (down != 0 || right != 0) shift(plane, shape[3], down, right, scratch);
    }
  }
}

}  // namespace mtc::train
