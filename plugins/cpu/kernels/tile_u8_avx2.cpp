// SPDX-License-Identifier: Apache-2.0
//
// vpmaddwd: two int16 products and their sum in each of 8 int32 lanes. Accumulators have names, since gcc 12
// keeps arrays of them in memory.
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {

const std::string_view kTileU8Avx2Text = R"(#if defined(__AVX2__)
#include <immintrin.h>

static inline __m256i pair_i16(const int16_t* x) {
  int32_t both;
  memcpy(&both, x, sizeof both);
  return _mm256_set1_epi32(both);
}

static inline __m256i weights_i8(const signed char* w) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)(const void*)w));
}

#define STEP_I16(sum, pair, weights) sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pair, weights))

static inline void tile_u8_4(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                             int32_t sum[4][16]) {
  __m256i a0 = _mm256_loadu_si256((const __m256i*)(const void*)bias), b0 = a0, c0 = a0, d0 = a0;
  __m256i a1 = _mm256_loadu_si256((const __m256i*)(const void*)(bias + 8)), b1 = a1, c1 = a1, d1 = a1;
  const ptrdiff_t step = s->column;
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const int16_t* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k += 2, w += 32, tap += 2) {
        const __m256i w0 = weights_i8(w), w1 = weights_i8(w + 16);
        const __m256i a = pair_i16(tap), b = pair_i16(tap + step);
        STEP_I16(a0, a, w0);
        STEP_I16(a1, a, w1);
        STEP_I16(b0, b, w0);
        STEP_I16(b1, b, w1);
        const __m256i c = pair_i16(tap + 2 * step), d = pair_i16(tap + 3 * step);
        STEP_I16(c0, c, w0);
        STEP_I16(c1, c, w1);
        STEP_I16(d0, d, w0);
        STEP_I16(d1, d, w1);
      }
    }
  }
  __m256i* out = (__m256i*)(void*)sum;
  _mm256_storeu_si256(out, a0);
  _mm256_storeu_si256(out + 1, a1);
  _mm256_storeu_si256(out + 2, b0);
  _mm256_storeu_si256(out + 3, b1);
  _mm256_storeu_si256(out + 4, c0);
  _mm256_storeu_si256(out + 5, c1);
  _mm256_storeu_si256(out + 6, d0);
  _mm256_storeu_si256(out + 7, d1);
}

static inline void tile_u8_1(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                             int32_t sum[16]) {
  __m256i a0 = _mm256_loadu_si256((const __m256i*)(const void*)bias);
  __m256i a1 = _mm256_loadu_si256((const __m256i*)(const void*)(bias + 8));
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const int16_t* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k += 2, w += 32) {
        const __m256i a = pair_i16(tap + k);
        STEP_I16(a0, a, weights_i8(w));
        STEP_I16(a1, a, weights_i8(w + 16));
      }
    }
  }
  _mm256_storeu_si256((__m256i*)(void*)sum, a0);
  _mm256_storeu_si256((__m256i*)(void*)(sum + 8), a1);
}
)";

}  // namespace mtc::cpu
