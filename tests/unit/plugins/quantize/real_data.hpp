// SPDX-License-Identifier: Apache-2.0
//
// Real samples in memory, preprocessed, and seeded random ones, as the quantizer reads them.
#pragma once

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "mtc/npy.hpp"
#include "plugins/quantize/samples.hpp"

namespace mtc::quantize::test {

inline constexpr mtc_dtype kFloat32{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};

/// y = (x·scale − mean[c]) / std[c], c the first axis of a sample; one mean serves all channels.
struct Preprocess {
  double scale = 1.0;
  std::vector<double> mean{0.0};
  std::vector<double> std{1.0};
};
inline const Preprocess kImageNet{1.0 / 255.0, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};
inline const Preprocess kTensorFlow{1.0 / 127.5, {1.0}, {1.0}};

/// Samples over `values` ([count, shape…], copied into the result).
template <class T>
Samples from_values(std::vector<T> values, std::vector<std::int64_t> shape, mtc_dtype dtype) {
  std::size_t size = 1;
  for (const auto extent : shape) size *= static_cast<std::size_t>(extent);
  Samples samples{values.size() / size, std::move(shape), dtype, {}};
  samples.read = [values = std::move(values), size](std::span<const std::uint64_t> indices,
                                                    std::span<std::byte> out) -> Result<void> {
    for (std::size_t i = 0; i < indices.size(); ++i) {
      std::memcpy(out.data() + i * size * sizeof(T), values.data() + indices[i] * size, size * sizeof(T));
    }
    return {};
  };
  return samples;
}

/// Samples first … first + count - 1 of an array of uint8 images or float features.
inline Samples from_npy(const std::string& path, std::size_t first, std::size_t count,
                        const Preprocess& preprocess) {
  const auto array = *npy::load(path);
  const std::vector<std::int64_t> shape(array.header.shape.begin() + 1, array.header.shape.end());
  const std::size_t size = array.header.elements() / static_cast<std::size_t>(array.header.shape[0]);
  const std::size_t plane = size / static_cast<std::size_t>(shape[0]);
  const auto last = [](const std::vector<double>& list, std::size_t at) {
    return list[std::min(at, list.size() - 1)];
  };
  std::vector<float> values(count * size);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t at = first * size + i;
    const double raw = array.header.dtype.kind == MTC_KIND_FLOAT
                           ? static_cast<double>(array.values<float>()[at])
                           : static_cast<double>(array.values<std::uint8_t>()[at]);
    const std::size_t channel = i % size / plane;
    values[i] = static_cast<float>((raw * preprocess.scale - last(preprocess.mean, channel)) /
                                   last(preprocess.std, channel));
  }
  return from_values(std::move(values), shape, kFloat32);
}

/// Seeded values in [-2, 2).
inline Samples random_samples(std::size_t count, std::vector<std::int64_t> shape) {
  std::size_t size = count;
  for (const auto extent : shape) size *= static_cast<std::size_t>(extent);
  std::mt19937_64 random(5);
  std::vector<float> values(size);
  for (auto& value : values) value = static_cast<float>(static_cast<double>(random() >> 11U) * 0x1p-51 - 2.0);
  return from_values(std::move(values), std::move(shape), kFloat32);
}

inline Result<void> go_on(const std::string& /*phase*/, std::size_t /*done*/, std::size_t /*total*/,
                          const std::string& /*unit*/) {
  return {};
}

}  // namespace mtc::quantize::test
