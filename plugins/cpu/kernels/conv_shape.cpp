// SPDX-License-Identifier: Apache-2.0
//
// Sizes, strides and padding of convolutions.
#include "plugins/cpu/kernels/conv_shape.hpp"

#include <fmt/format.h>

namespace mtc::cpu {

const std::string_view kConvStructText =
    R"(/* A convolution over an input that has its padding, in elements. */
struct conv {
  int32_t out_h, out_w, out_c; /* out_c: of all groups */
  int32_t groups, group_out;   /* output channels of one group */
  int32_t taps_h, taps_w, run; /* `run` elements lie together for each of taps_h x taps_w */
  int32_t tap_h, tap_w;        /* steps of the window's rows and columns */
  int32_t row, column, group;  /* steps of an output row, an output column, a group */
};
)";

const std::string_view kPadF32Text = R"(/* Copies an image of h x w x c into one with zeros around it. */
static void pad_f32(int32_t h, int32_t w, int32_t c, int32_t top, int32_t left, int32_t padded_h, int32_t padded_w,
                    int32_t padded_c, const float* x, float* y) {
  memset(y, 0, (size_t)padded_h * (size_t)padded_w * (size_t)padded_c * sizeof *y);
  for (int32_t i = 0; i < h; i++) {
    for (int32_t j = 0; j < w; j++) {
      const size_t to = ((size_t)(i + top) * (size_t)padded_w + (size_t)(j + left)) * (size_t)padded_c;
      memcpy(y + to, x + ((size_t)i * (size_t)w + (size_t)j) * (size_t)c, (size_t)c * sizeof *y);
    }
  }
}
)";

const std::string_view kPadI16Text =
    R"(/* Copies an image of h x w pixels into one with padding around it, as x - zero, which makes the padding 0. A pixel
 * has `groups` times c channels, and padded_c in the copy. */
static void pad_i16(int32_t h, int32_t w, int32_t groups, int32_t c, int32_t top, int32_t left, int32_t padded_h,
                    int32_t padded_w, int32_t padded_c, int32_t zero, const uint8_t* x, int16_t* y) {
  const size_t pixel = (size_t)groups * (size_t)padded_c;
  if (padded_h > h || padded_w > w || padded_c > c) {
    memset(y, 0, (size_t)padded_h * (size_t)padded_w * pixel * sizeof *y);
  }
  if (padded_c == c) { /* whole rows, or the whole image */
    const size_t rows = padded_w == w ? 1 : (size_t)h;
    const size_t run = (padded_w == w ? (size_t)h : 1) * (size_t)w * pixel;
    for (size_t i = 0; i < rows; i++) {
      const uint8_t* from = x + i * run;
      int16_t* to = y + ((i + (size_t)top) * (size_t)padded_w + (size_t)left) * pixel;
      for (size_t k = 0; k < run; k++) to[k] = (int16_t)(from[k] - zero);
    }
    return;
  }
  for (int32_t i = 0; i < h; i++) {
    for (int32_t j = 0; j < w; j++) {
      int16_t* to = y + ((size_t)(i + top) * (size_t)padded_w + (size_t)(j + left)) * pixel;
      for (int32_t g = 0; g < groups; g++, to += padded_c, x += c) {
        for (int32_t k = 0; k < c; k++) to[k] = (int16_t)(x[k] - zero);
      }
    }
  }
}
)";

Window flattened(const Conv& conv) {
  Window window = conv.window;
  const bool point =
      window.kernel_h == 1 && window.kernel_w == 1 && window.stride_h == 1 && window.stride_w == 1;
  if (!point || window.padded()) return window;
  window.in_w = window.out_w = window.in_h * window.in_w;
  window.in_h = window.out_h = 1;
  return window;
}

std::string conv_struct(const Conv& conv, const Window& window, std::int64_t group_channels) {
  const std::int64_t pixel = conv.groups * group_channels;
  const std::int64_t line = (window.in_w + window.pad_left + window.pad_right) * pixel;
  // The taps of a row lie together when there is one group and no dilation.
  const bool together = conv.groups == 1 && window.dilation_w == 1;
  const std::int64_t taps_w = together ? 1 : window.kernel_w;
  const std::int64_t run = together ? window.kernel_w * group_channels : group_channels;
  return fmt::format("&(const struct conv){{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}}",
                     window.out_h, window.out_w, conv.out_channels, conv.groups,
                     conv.out_channels / conv.groups, window.kernel_h, taps_w, run, window.dilation_h * line,
                     window.dilation_w * pixel, window.stride_h * line, window.stride_w * pixel,
                     group_channels);
}

std::size_t padded_elements(const Window& window, std::int64_t channels) {
  return static_cast<std::size_t>((window.in_h + window.pad_top + window.pad_bottom) *
                                  (window.in_w + window.pad_left + window.pad_right) * channels);
}

}  // namespace mtc::cpu
