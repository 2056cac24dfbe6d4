// SPDX-License-Identifier: Apache-2.0
//
// A small dataset in memory that a CNN can learn: images whose brighter quadrant is the class.
#pragma once

#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "plugins/train/trainer.hpp"

namespace mtc::train::toy {

/// `count` images [3, 8, 8] of 4 classes; the functions of the result own the values.
inline Dataset quadrants(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> images(count * 192);
  std::vector<std::int64_t> classes(count);
  for (std::size_t i = 0; i < count; ++i) {
    classes[i] = static_cast<std::int64_t>(random() % 4);
    for (std::size_t at = 0; at < 192; ++at) {
      const std::size_t y = at % 64 / 8;
      const std::size_t x = at % 8;
      const auto quadrant = static_cast<std::int64_t>(y / 4 * 2 + x / 4);
      const double noise = static_cast<double>(random() >> 11U) * 0x1p-53 - 0.5;
      images[i * 192 + at] = static_cast<float>(noise + (quadrant == classes[i] ? 0.6 : 0.0));
    }
  }
  Dataset data{count, {3, 8, 8}, {MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE}, {}, {}, {}};
  data.read = [images](std::span<const std::uint64_t> indices, std::span<std::byte> out) -> Result<void> {
    for (std::size_t i = 0; i < indices.size(); ++i) {
      std::memcpy(out.data() + i * 192 * sizeof(float), images.data() + indices[i] * 192,
                  192 * sizeof(float));
    }
    return {};
  };
  data.labels = [classes](std::span<const std::uint64_t> indices) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> labels;
    for (const auto index : indices) labels.push_back(classes[index]);
    return labels;
  };
  data.order = [count](std::uint64_t order_seed) -> Result<std::vector<std::uint64_t>> {
    std::vector<std::uint64_t> order(count);
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    std::mt19937_64 shuffle(order_seed);
    for (std::size_t i = count - 1; i > 0; --i) std::swap(order[i], order[shuffle() % (i + 1)]);
    return order;
  };
  return data;
}

inline Result<void> go_on(const std::string& /*phase*/, std::size_t /*done*/, std::size_t /*total*/,
                          const std::string& /*unit*/) {
  return {};
}

}  // namespace mtc::train::toy
