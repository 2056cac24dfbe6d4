// SPDX-License-Identifier: Apache-2.0
//
// Plain C11, one pixel after the other.
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {

const std::string_view kTileU8PortableText = R"(#else
static void tile_u8_1(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                      int32_t sum[16]) {
  memcpy(sum, bias, 16 * sizeof *sum);
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const int16_t* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k += 2, w += 32) {
        for (int o = 0; o < 16; o++) sum[o] += tap[k] * w[2 * o] + tap[k + 1] * w[2 * o + 1];
      }
    }
  }
}

static void tile_u8_4(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                      int32_t sum[4][16]) {
  for (int p = 0; p < 4; p++) tile_u8_1(s, x + p * s->column, w, bias, sum[p]);
}
#endif
)";

}  // namespace mtc::cpu
