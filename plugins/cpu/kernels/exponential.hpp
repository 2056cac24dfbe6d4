// SPDX-License-Identifier: Apache-2.0
//
// The exponential function that generated C brings along. A libm chooses its code by the CPU and by its
// version, and the last bits with it; this one gives the same bits wherever float arithmetic is IEEE 754.
#pragma once

#include <string_view>

namespace mtc::cpu {

/// `static inline float exp_value(float)`: within 1 ulp where the result is normal; 0 below the subnormals,
/// infinity above FLT_MAX, NaN for NaN. Method: x = n·ln 2 + r with |r| ≤ ln 2 / 2, Taylor polynomial of e^r
/// (the first term left out is under 2^-27), times 2^n.
extern const std::string_view kExpText;

/// `static inline float tanh_value(float)`: (e^2|x| − 1) / (e^2|x| + 1) with the sign of x, within 2 ulp.
/// Needs kExpText.
extern const std::string_view kTanhValueText;

}  // namespace mtc::cpu
