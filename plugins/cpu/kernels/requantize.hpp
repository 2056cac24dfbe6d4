// SPDX-License-Identifier: Apache-2.0
//
// The end of every integer kernel: from an accumulator to the output's integers.
#pragma once

#include <string>
#include <string_view>

#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

/// C text: requantize(value, low, high, zero) = clamp(half_even(value) + zero), limits already without the
/// zero point.
extern const std::string_view kRequantizeText;

/// C text: requantize_16(sum, scale, low, high, zero, y), the same for 16 products sum[i] * scale[i]; needs
/// the one above.
extern const std::string_view kRequantize16Text;

/// The three arguments `low, high, zero` of requantize for limits in the output's integers.
std::string requantize_arguments(int q_low, int q_high, const Quant& output);

}  // namespace mtc::cpu
