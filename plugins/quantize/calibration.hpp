// SPDX-License-Identifier: Apache-2.0
//
// From observed values to a range, and from a range to scale and zero point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mtc/result.hpp"
#include "plugins/quantize/histogram.hpp"
#include "plugins/quantize/scheme.hpp"

namespace mtc::quantize {

enum class Method { minmax, percentile, mse };

/// Errors: invalid_argument for a name other than minmax, percentile, mse.
Result<Method> parse_method(std::string_view name);
std::string_view method_name(Method method);

/// Scale and zero point of a uint8 tensor: real = (q − zero_point)·scale.
struct Affine {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

/// `range` widened to hold 0, mapped to [activation_min, activation_max]: scale = (high − low)/(max − min)
/// rounded so that no code lies beyond the range by more than the rounding of the zero point; zero point to
/// nearest, ties to even. A range of 0 alone gives scale 1, zero point activation_min. Source: Jacob et al.
/// 2018, arXiv:1712.05877, section 2.1.
Affine affine_of(Range range, const Scheme& scheme);

/// The real values of the lowest and the highest code.
Range range_of(const Affine& affine, const Scheme& scheme);

/// The range that `method` chooses for the values in `histogram` (whose range is what was observed):
///   minmax      the observed range;
///   percentile  the fraction `percentile` of all values: where both signs occur (1 − percentile)/2 is cut
///   from each
///               end, else 1 − percentile from the end away from 0;
///   mse         the observed range, widened to hold 0, times 1 − i/100, i = 0…94, with the least sum of
///   squared
///               quantization errors. Source: Li et al. 2021 (MQBench), arXiv:2111.03759, MSE observer.
/// Each result holds 0.
Range choose_range(const Histogram& histogram, Method method, double percentile, const Scheme& scheme);

}  // namespace mtc::quantize
