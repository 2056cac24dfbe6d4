// SPDX-License-Identifier: Apache-2.0
//
// gcc and clang know vectors of 16 bytes on every CPU: 2 pixels x 4 vectors. Other compilers get loops.
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {

const std::string_view kTileF32PortableText = R"(#elif defined(__GNUC__)
typedef float vector_f32 __attribute__((vector_size(16)));

#define LOAD_F32(vector, from) memcpy(&vector, from, sizeof vector)
#define STORE_F32(to, vector) memcpy(to, &vector, sizeof vector)

static inline void tile_f32_2(const struct conv* s, const float* x, ptrdiff_t step, const float* w, const float* bias,
                              float* first, float* second) {
  vector_f32 a0, a1, a2, a3;
  LOAD_F32(a0, bias);
  LOAD_F32(a1, bias + 4);
  LOAD_F32(a2, bias + 8);
  LOAD_F32(a3, bias + 12);
  vector_f32 b0 = a0, b1 = a1, b2 = a2, b3 = a3;
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const float* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k++, w += 16) {
        vector_f32 w0, w1, w2, w3;
        LOAD_F32(w0, w);
        LOAD_F32(w1, w + 4);
        LOAD_F32(w2, w + 8);
        LOAD_F32(w3, w + 12);
        const float a = tap[k], b = tap[step + k];
        a0 += a * w0;
        a1 += a * w1;
        a2 += a * w2;
        a3 += a * w3;
        b0 += b * w0;
        b1 += b * w1;
        b2 += b * w2;
        b3 += b * w3;
      }
    }
  }
  STORE_F32(first, a0);
  STORE_F32(first + 4, a1);
  STORE_F32(first + 8, a2);
  STORE_F32(first + 12, a3);
  STORE_F32(second, b0);
  STORE_F32(second + 4, b1);
  STORE_F32(second + 8, b2);
  STORE_F32(second + 12, b3);
}

static void tile_f32_4(const struct conv* s, const float* x, const float* w, const float* bias, float sum[4][16]) {
  tile_f32_2(s, x, s->column, w, bias, sum[0], sum[1]);
  tile_f32_2(s, x + 2 * s->column, s->column, w, bias, sum[2], sum[3]);
}

static void tile_f32_1(const struct conv* s, const float* x, const float* w, const float* bias, float sum[16]) {
  float again[16];
  tile_f32_2(s, x, 0, w, bias, sum, again);
}
#else
static void tile_f32_1(const struct conv* s, const float* x, const float* w, const float* bias, float sum[16]) {
  memcpy(sum, bias, 16 * sizeof *sum);
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const float* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k++, w += 16) {
        for (int o = 0; o < 16; o++) sum[o] += tap[k] * w[o];
      }
    }
  }
}

static void tile_f32_4(const struct conv* s, const float* x, const float* w, const float* bias, float sum[4][16]) {
  for (int p = 0; p < 4; p++) tile_f32_1(s, x + p * s->column, w, bias, sum[p]);
}
#endif
)";

}  // namespace mtc::cpu
