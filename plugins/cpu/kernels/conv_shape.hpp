// SPDX-License-Identifier: Apache-2.0
//
// What the convolution kernels share: the C structure that describes one, padding, packing of weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/cpu/emit/emitter.hpp"
#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

/// Output channels that a kernel computes at once; weights are packed in blocks of it.
constexpr std::int64_t kChannelBlock = 16;

/// C text: `struct conv`, the sizes of a convolution over an input that has its padding.
extern const std::string_view kConvStructText;
/// C text: pad_f32, pad_i16.
extern const std::string_view kPadF32Text;
extern const std::string_view kPadI16Text;

/// `value` rounded up to a multiple of `block`.
constexpr std::int64_t round_up(std::int64_t value, std::int64_t block) {
  return (value + block - 1) / block * block;
}

/// A 1x1 convolution without stride over an image is one over a single row: longer loops.
Window flattened(const Conv& conv);

/// The convolution as a C expression `&(const struct conv){…}`. `group_channels`: input channels of a group
/// as they lie in memory, padded to what the kernel wants.
std::string conv_struct(const Conv& conv, const Window& window, std::int64_t group_channels);

/// Elements of the input with its padding around it, `channels` in a pixel.
std::size_t padded_elements(const Window& window, std::int64_t channels);

/// [out][taps][in] → [group][block of 16][taps][in / interleave, padded][16][interleave]: what conv_f32
/// (interleave 1) and conv_u8 (2) read. Padding is 0.
template <class T>
std::vector<T> pack_weights(const std::vector<T>& weights, const Conv& conv, std::int64_t interleave) {
  const std::int64_t group_in = conv.in_channels / conv.groups;
  const std::int64_t group_out = conv.out_channels / conv.groups;
  const std::int64_t padded_in = round_up(group_in, interleave);
  const std::int64_t taps = conv.window.kernel_h * conv.window.kernel_w;
  const std::int64_t blocks = round_up(group_out, kChannelBlock) / kChannelBlock;
  std::vector<T> packed(static_cast<std::size_t>(conv.groups * blocks * taps * padded_in * kChannelBlock),
                        T{0});
  for (std::int64_t o = 0; o < conv.out_channels; ++o) {
    const std::int64_t block = o / group_out * blocks + o % group_out / kChannelBlock;
    const std::int64_t lane = o % group_out % kChannelBlock;
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      for (std::int64_t c = 0; c < group_in; ++c) {
        const std::int64_t row = (block * taps + tap) * padded_in / interleave + c / interleave;
        const std::int64_t to = (row * kChannelBlock + lane) * interleave + c % interleave;
        packed[static_cast<std::size_t>(to)] =
            weights[static_cast<std::size_t>((o * taps + tap) * group_in + c)];
      }
    }
  }
  return packed;
}

/// One value for each output channel, padded to blocks of 16 within each group.
template <class T>
std::vector<T> pack_channels(const std::vector<T>& values, const Conv& conv) {
  const std::int64_t group_out = conv.out_channels / conv.groups;
  const std::int64_t padded = round_up(group_out, kChannelBlock);
  std::vector<T> packed(static_cast<std::size_t>(conv.groups * padded), T{0});
  for (std::int64_t o = 0; o < conv.out_channels; ++o) {
    packed[static_cast<std::size_t>(o / group_out * padded + o % group_out)] =
        values[static_cast<std::size_t>(o)];
  }
  return packed;
}

}  // namespace mtc::cpu
