// SPDX-License-Identifier: Apache-2.0
//
// Weights and biases to integers, on plain arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "plugins/quantize/scheme.hpp"

namespace mtc::quantize {

/// A weight seen as [outer, channels, inner], row-major; `channels` is the output channel axis.
struct ChannelLayout {
  std::size_t outer = 1;
  std::size_t channels = 1;
  std::size_t inner = 1;
};

/// One scale for each output channel: max|w| / weight_max. A channel of zeros gets the largest scale of the
/// others (1 when all are zero). Where a bias is given (one a channel, else empty), a scale is raised until
/// |bias| ≤ 2^30· input_scale·scale, so that neither the bias nor the accumulator leaves int32.
std::vector<float> channel_scales(std::span<const float> weights, const ChannelLayout& layout,
                                  std::span<const float> bias, float input_scale, const Scheme& scheme);

/// q = clamp(round-half-even(w / scale of its channel)); same order of elements. 0 stays 0.
std::vector<std::int8_t> quantize_weights(std::span<const float> weights, const ChannelLayout& layout,
                                          std::span<const float> scales, const Scheme& scheme);

/// round-half-even(b / scale), saturated; `scales` are those of the bias: input scale · weight scale, one a
/// channel.
std::vector<std::int32_t> quantize_bias(std::span<const float> bias, std::span<const float> scales);

}  // namespace mtc::quantize
