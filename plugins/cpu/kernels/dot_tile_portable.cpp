// SPDX-License-Identifier: Apache-2.0
//
// Plain C11.
#include "plugins/cpu/kernels/dot_tile.hpp"

namespace mtc::cpu {

const std::string_view kDotTilePortableText = R"(#if !defined(__AVX2__)
static void dot_tile1(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                      int32_t sum[16]) {
  int32_t total[16];
  for (int o = 0; o < 16; o++) total[o] = bias[o];
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const int16_t* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k += 2, w += 32) {
        for (int o = 0; o < 16; o++) total[o] += tap[k] * w[2 * o] + tap[k + 1] * w[2 * o + 1];
      }
    }
  }
  for (int o = 0; o < 16; o++) sum[o] = total[o];
}

static void dot_tile4(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                      int32_t sum[4][16]) {
  int32_t total[4][16];
  for (int p = 0; p < 4; p++) {
    for (int o = 0; o < 16; o++) total[p][o] = bias[o];
  }
  const ptrdiff_t step = s->column;
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const int16_t* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k += 2, w += 32) {
        for (int p = 0; p < 4; p++) {
          const int32_t first = tap[p * step + k], second = tap[p * step + k + 1];
          for (int o = 0; o < 16; o++) total[p][o] += first * w[2 * o] + second * w[2 * o + 1];
        }
      }
    }
  }
  for (int p = 0; p < 4; p++) {
    for (int o = 0; o < 16; o++) sum[p][o] = total[p][o];
  }
}
#endif
)";

}  // namespace mtc::cpu
