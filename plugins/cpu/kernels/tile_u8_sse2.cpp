// SPDX-License-Identifier: Apache-2.0
//
// pmaddwd, which every x86-64 has: 2 pixels x 16 channels in registers.
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {

const std::string_view kTileU8Sse2Text = R"(#elif defined(__SSE2__)
#include <emmintrin.h>

static inline __m128i pair_i16(const int16_t* x) {
  int32_t both;
  memcpy(&both, x, sizeof both);
  return _mm_set1_epi32(both);
}

#define STEP_I16(sum, pair, weights) sum = _mm_add_epi32(sum, _mm_madd_epi16(pair, weights))

static inline void tile_u8_2(const struct conv* s, const int16_t* x, ptrdiff_t step, const signed char* w,
                             const int32_t* bias, int32_t* first, int32_t* second) {
  __m128i a0 = _mm_loadu_si128((const __m128i*)(const void*)bias), b0 = a0;
  __m128i a1 = _mm_loadu_si128((const __m128i*)(const void*)(bias + 4)), b1 = a1;
  __m128i a2 = _mm_loadu_si128((const __m128i*)(const void*)(bias + 8)), b2 = a2;
  __m128i a3 = _mm_loadu_si128((const __m128i*)(const void*)(bias + 12)), b3 = a3;
  for (int32_t u = 0; u < s->taps_h; u++) {
    for (int32_t v = 0; v < s->taps_w; v++) {
      const int16_t* tap = x + u * s->tap_h + v * s->tap_w;
      for (int32_t k = 0; k < s->run; k += 2, w += 32) {
        const __m128i low = _mm_loadu_si128((const __m128i*)(const void*)w);
        const __m128i high = _mm_loadu_si128((const __m128i*)(const void*)(w + 16));
        const __m128i w0 = _mm_srai_epi16(_mm_unpacklo_epi8(low, low), 8);
        const __m128i w1 = _mm_srai_epi16(_mm_unpackhi_epi8(low, low), 8);
        const __m128i w2 = _mm_srai_epi16(_mm_unpacklo_epi8(high, high), 8);
        const __m128i w3 = _mm_srai_epi16(_mm_unpackhi_epi8(high, high), 8);
        const __m128i a = pair_i16(tap + k), b = pair_i16(tap + step + k);
        STEP_I16(a0, a, w0);
        STEP_I16(a1, a, w1);
        STEP_I16(a2, a, w2);
        STEP_I16(a3, a, w3);
        STEP_I16(b0, b, w0);
        STEP_I16(b1, b, w1);
        STEP_I16(b2, b, w2);
        STEP_I16(b3, b, w3);
      }
    }
  }
  _mm_storeu_si128((__m128i*)(void*)first, a0);
  _mm_storeu_si128((__m128i*)(void*)(first + 4), a1);
  _mm_storeu_si128((__m128i*)(void*)(first + 8), a2);
  _mm_storeu_si128((__m128i*)(void*)(first + 12), a3);
  _mm_storeu_si128((__m128i*)(void*)second, b0);
  _mm_storeu_si128((__m128i*)(void*)(second + 4), b1);
  _mm_storeu_si128((__m128i*)(void*)(second + 8), b2);
  _mm_storeu_si128((__m128i*)(void*)(second + 12), b3);
}

static void tile_u8_4(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                      int32_t sum[4][16]) {
  tile_u8_2(s, x, s->column, w, bias, sum[0], sum[1]);
  tile_u8_2(s, x + 2 * s->column, s->column, w, bias, sum[2], sum[3]);
}

static void tile_u8_1(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                      int32_t sum[16]) {
  int32_t again[16];
  tile_u8_2(s, x, 0, w, bias, sum, again);
}
)";

}  // namespace mtc::cpu
