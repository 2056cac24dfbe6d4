// SPDX-License-Identifier: Apache-2.0
//
// 4 pixels x 2 vectors of 8 channels. Accumulators have names, since gcc 12 keeps arrays of them in memory.
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {

const std::string_view kTileF32AvxText = R"(#if defined(__AVX__)
#include <immintrin.h>

#define STEP_F32(sum, value, weights) sum = _mm256_add_ps(sum, _mm256_mul_ps(value, weights))

static inline void tile_f32_4(const struct conv* s, const float* x, const float* w, const float* bias,
                              float sum[4][16]) {
  __m256 a0 = _mm256_loadu_ps(bias), b0 = a0, c0 = a0, d0 = a0;
  __m256 a1 = _mm256_loadu_ps(bias + 8), b1 = a1, c1 = a1, d1 = a1;
  const ptrdiff_t step = s->column;
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const float* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k++, w += 16, tap++) {
        const __m256 w0 = _mm256_loadu_ps(w), w1 = _mm256_loadu_ps(w + 8);
        const __m256 a = _mm256_broadcast_ss(tap), b = _mm256_broadcast_ss(tap + step);
        STEP_F32(a0, a, w0);
        STEP_F32(a1, a, w1);
        STEP_F32(b0, b, w0);
        STEP_F32(b1, b, w1);
        const __m256 c = _mm256_broadcast_ss(tap + 2 * step), d = _mm256_broadcast_ss(tap + 3 * step);
        STEP_F32(c0, c, w0);
        STEP_F32(c1, c, w1);
        STEP_F32(d0, d, w0);
        STEP_F32(d1, d, w1);
      }
    }
  }
  _mm256_storeu_ps(sum[0], a0);
  _mm256_storeu_ps(sum[0] + 8, a1);
  _mm256_storeu_ps(sum[1], b0);
  _mm256_storeu_ps(sum[1] + 8, b1);
  _mm256_storeu_ps(sum[2], c0);
  _mm256_storeu_ps(sum[2] + 8, c1);
  _mm256_storeu_ps(sum[3], d0);
  _mm256_storeu_ps(sum[3] + 8, d1);
}

static inline void tile_f32_1(const struct conv* s, const float* x, const float* w, const float* bias,
                              float sum[16]) {
  __m256 a0 = _mm256_loadu_ps(bias), a1 = _mm256_loadu_ps(bias + 8);
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const float* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k++, w += 16) {
        const __m256 a = _mm256_broadcast_ss(tap + k);
        STEP_F32(a0, a, _mm256_loadu_ps(w));
        STEP_F32(a1, a, _mm256_loadu_ps(w + 8));
      }
    }
  }
  _mm256_storeu_ps(sum, a0);
  _mm256_storeu_ps(sum + 8, a1);
}
)";

}  // namespace mtc::cpu
