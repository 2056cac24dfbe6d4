// SPDX-License-Identifier: Apache-2.0
//
// 16 values at once. cvtps2dq rounds to the nearest even integer in the default rounding mode, as requantize
// does.
#include "plugins/cpu/kernels/requantize.hpp"

namespace mtc::cpu {

const std::string_view kRequantize16Text = R"(#if defined(__SSE2__)
#include <emmintrin.h>

/* As requantize, for 4 values; none is a NaN. */
static inline __m128i requantize_4(__m128 value, __m128 low, __m128 high, __m128i zero) {
  return _mm_add_epi32(_mm_cvtps_epi32(_mm_min_ps(_mm_max_ps(value, low), high)), zero);
}

static inline void pack_16(__m128i a, __m128i b, __m128i c, __m128i d, uint8_t* y) {
  const __m128i all = _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
  _mm_storeu_si128((__m128i*)(void*)y, all);
}

static inline __m128 scaled_4(const int32_t* sum, const float* scale) {
  return _mm_mul_ps(_mm_cvtepi32_ps(_mm_loadu_si128((const __m128i*)(const void*)sum)), _mm_loadu_ps(scale));
}

/* y[i] = requantize(sum[i] * scale[i], ...) for 16 values. */
static inline void requantize_16(const int32_t* sum, const float* scale, float low, float high, int32_t zero,
                                 uint8_t* y) {
  const __m128 least = _mm_set1_ps(low), most = _mm_set1_ps(high);
  const __m128i z = _mm_set1_epi32(zero);
  pack_16(requantize_4(scaled_4(sum, scale), least, most, z),
          requantize_4(scaled_4(sum + 4, scale + 4), least, most, z),
          requantize_4(scaled_4(sum + 8, scale + 8), least, most, z),
          requantize_4(scaled_4(sum + 12, scale + 12), least, most, z), y);
}
#else
static inline void requantize_16(const int32_t* sum, const float* scale, float low, float high, int32_t zero,
                                 uint8_t* y) {
  for (int i = 0; i < 16; i++) y[i] = requantize((float)sum[i] * scale[i], low, high, zero);
}
#endif
)";

}  // namespace mtc::cpu
