// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/exponential.hpp"

namespace mtc::cpu {

const std::string_view kExpText = R"(static inline float power_of_two(int32_t n) {
  const uint32_t bits = (uint32_t)(n + 127) << 23;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* e^x: x = n ln 2 + r, Taylor polynomial of e^r, times 2^n in two steps so that small results are rounded once. */
static inline float exp_value(float x) {
  const float low = x < -104.0f ? -104.0f : x;
  const float bounded = low > 89.0f ? 89.0f : low;
  const float shifted = bounded * 1.44269504f + 12582912.0f; /* + 1.5 * 2^23: n stands in the low bits */
  const float n = shifted - 12582912.0f;
  const float r = (bounded - n * 0.693359375f) + n * 0.000212194440f; /* ln 2 in two parts, the first exact */
  float sum = 1.0f / 5040.0f;
  sum = sum * r + 1.0f / 720.0f;
  sum = sum * r + 1.0f / 120.0f;
  sum = sum * r + 1.0f / 24.0f;
  sum = sum * r + 1.0f / 6.0f;
  sum = sum * r + 0.5f;
  sum = sum * r + 1.0f;
  sum = sum * r + 1.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  const int32_t exponent = (int32_t)((bits & 0x1ffu) ^ 0x100u) - 0x100; /* 9 bits: any for NaN */
  const int32_t half = exponent / 2;
  return sum * power_of_two(half) * power_of_two(exponent - half);
}
)";

const std::string_view kTanhValueText =
    R"(/* tanh x = (e^t - 1) / (e^t + 1), t = 2|x|; e^t - 1 by its own polynomial where it is small. */
static inline float tanh_value(float x) {
  const float magnitude = x < 0.0f ? -x : x;
  const float t = magnitude > 20.0f ? 40.0f : magnitude + magnitude;
  float sum = 1.0f / 362880.0f;
  sum = sum * t + 1.0f / 40320.0f;
  sum = sum * t + 1.0f / 5040.0f;
  sum = sum * t + 1.0f / 720.0f;
  sum = sum * t + 1.0f / 120.0f;
  sum = sum * t + 1.0f / 24.0f;
  sum = sum * t + 1.0f / 6.0f;
  sum = sum * t + 0.5f;
  const float small = sum * (t * t) + t;
  const float grown = t < 0.7f ? small : exp_value(t) - 1.0f;
  const float result = grown / (grown + 2.0f);
  return x < 0.0f ? -result : result;
}
)";

}  // namespace mtc::cpu
