// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mtc::quantize {
namespace {

/// Below this a channel counts as zero: its products with any input scale would leave the normal floats.
constexpr float kSmallestScale = 1e-20F;

/// Calls visit(flat index, channel) for every element.
template <class Visit>
void for_each(const ChannelLayout& layout, Visit&& visit) {
  std::size_t index = 0;
  for (std::size_t outer = 0; outer < layout.outer; ++outer) {
    for (std::size_t channel = 0; channel < layout.channels; ++channel) {
      for (std::size_t inner = 0; inner < layout.inner; ++inner) visit(index++, channel);
    }
  }
}

double round_clamp(double value, double low, double high) {
  return std::clamp(std::nearbyint(value), low, high);
}

}  // namespace

std::vector<float> channel_scales(std::span<const float> weights, const ChannelLayout& layout,
                                  std::span<const float> bias, float input_scale, const Scheme& scheme) {
  std::vector<float> scales(layout.channels, 0.0F);
  for_each(layout, [&](std::size_t index, std::size_t channel) {
    scales[channel] = std::max(scales[channel], std::fabs(weights[index]));
  });
  for (auto& scale : scales) scale /= static_cast<float>(scheme.weight_max);
  const float largest = scales.empty() ? 0.0F : *std::ranges::max_element(scales);
  for (auto& scale : scales) {
    if (scale < kSmallestScale) scale = largest < kSmallestScale ? 1.0F : largest;
  }
  for (std::size_t channel = 0; channel < bias.size(); ++channel) {
    const double least =
        std::fabs(static_cast<double>(bias[channel])) / (static_cast<double>(input_scale) * 0x1p30);
    if (static_cast<double>(scales[channel]) < least) scales[channel] = static_cast<float>(least);
  }
  return scales;
}

std::vector<std::int8_t> quantize_weights(std::span<const float> weights, const ChannelLayout& layout,
                                          std::span<const float> scales, const Scheme& scheme) {
  std::vector<std::int8_t> codes(weights.size());
  for_each(layout, [&](std::size_t index, std::size_t channel) {
    const double scaled = static_cast<double>(weights[index]) / static_cast<double>(scales[channel]);
    codes[index] = static_cast<std::int8_t>(round_clamp(scaled, scheme.weight_min, scheme.weight_max));
  });
  return codes;
}

std::vector<std::int32_t> quantize_bias(std::span<const float> bias, std::span<const float> scales) {
  constexpr double kLow = std::numeric_limits<std::int32_t>::min();
  constexpr double kHigh = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> codes(bias.size());
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const double scaled = static_cast<double>(bias[i]) / static_cast<double>(scales[i]);
    codes[i] = static_cast<std::int32_t>(round_clamp(scaled, kLow, kHigh));
  }
  return codes;
}

}  // namespace mtc::quantize
