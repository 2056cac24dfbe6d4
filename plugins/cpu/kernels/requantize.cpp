// SPDX-License-Identifier: Apache-2.0
//
// Rounding to the nearest even integer by adding and subtracting 1.5 * 2^23: exact in float32 below 2^22
// under the default rounding mode, and compilers vectorise it on every CPU. The limits are integers, so that
// clamping first gives the same result as rounding first.
#include "plugins/cpu/kernels/requantize.hpp"

#include <fmt/format.h>

namespace mtc::cpu {

const std::string_view kRequantizeText =
    R"(/* clamp(half_even(value) + zero): low and high are the limits minus zero. */
static inline uint8_t requantize(float value, float low, float high, int32_t zero) {
  const float least = value < low ? low : value;
  const float clamped = least > high ? high : least;
  const float shifted = clamped + 12582912.0f;
  const float rounded = shifted - 12582912.0f;
  return (uint8_t)((int32_t)rounded + zero);
}
)";

std::string requantize_arguments(int q_low, int q_high, const Quant& output) {
  return fmt::format("{}.0f, {}.0f, {}", q_low - output.zero_point, q_high - output.zero_point,
                     output.zero_point);
}

}  // namespace mtc::cpu
