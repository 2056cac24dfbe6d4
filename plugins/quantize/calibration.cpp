// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mtc::quantize {
namespace {

constexpr int kShrinkSteps = 95;

Range with_zero(Range range) { return {std::min(range.low, 0.0), std::max(range.high, 0.0)}; }

Range percentile_range(const Histogram& histogram, double fraction) {
  const Range observed = histogram.range();
  const double cut = 1.0 - fraction;
  if (observed.low >= 0.0) return {0.0, histogram.quantile(fraction)};
  if (observed.high <= 0.0) return {histogram.quantile(cut), 0.0};
  return {histogram.quantile(cut / 2.0), histogram.quantile(1.0 - cut / 2.0)};
}

/// Sum of squared errors when the values, taken at the middle of their bins, are quantized with `affine`.
double squared_error(const Histogram& histogram, const Affine& affine, const Scheme& scheme) {
  const auto counts = histogram.counts();
  const auto scale = static_cast<double>(affine.scale);
  const auto zero = static_cast<double>(affine.zero_point);
  double sum = 0.0;
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    if (counts[bin] == 0) continue;
    const double value = histogram.center(bin);
    const double code =
        std::clamp(std::nearbyint(value / scale) + zero, static_cast<double>(scheme.activation_min),
                   static_cast<double>(scheme.activation_max));
    const double error = value - (code - zero) * scale;
    sum += error * error * static_cast<double>(counts[bin]);
  }
  return sum;
}

Range mse_range(const Histogram& histogram, const Scheme& scheme) {
  const Range full = with_zero(histogram.range());
  Range best = full;
  double least = std::numeric_limits<double>::infinity();
  for (int step = 0; step < kShrinkSteps; ++step) {
    const double factor = 1.0 - 0.01 * step;
    const Range candidate{full.low * factor, full.high * factor};
    const double error = squared_error(histogram, affine_of(candidate, scheme), scheme);
    if (error < least) {
      least = error;
      best = candidate;
    }
  }
  return best;
}

}  // namespace

Result<Method> parse_method(std::string_view name) {
  for (const auto method : {Method::minmax, Method::percentile, Method::mse}) {
    if (method_name(method) == name) return method;
  }
  return Error{Code::invalid_argument, "calibration is \"" + std::string(name) + "\"", "calibration",
               "use minmax, percentile or mse"};
}

std::string_view method_name(Method method) {
  switch (method) {
    case Method::minmax:
      return "minmax";
    case Method::percentile:
      return "percentile";
    case Method::mse:
      break;
  }
  return "mse";
}

Affine affine_of(Range range, const Scheme& scheme) {
  const Range held = with_zero(range);
  const double width = held.high - held.low;
  const double codes = scheme.activation_max - scheme.activation_min;
  auto scale = static_cast<float>(width / codes);
  if (!(scale >= std::numeric_limits<float>::min())) return {1.0F, scheme.activation_min};
  // Rounded down: a range that a Clip ends at is then not overshot, so that backends can drop the Clip.
  while (static_cast<float>(codes) * scale > static_cast<float>(width)) scale = std::nextafter(scale, 0.0F);
  const double zero = scheme.activation_min - held.low / static_cast<double>(scale);
  return {scale, static_cast<std::int32_t>(std::clamp(std::nearbyint(zero),
                                                      static_cast<double>(scheme.activation_min),
                                                      static_cast<double>(scheme.activation_max)))};
}

Range range_of(const Affine& affine, const Scheme& scheme) {
  const auto scale = static_cast<double>(affine.scale);
  return {(scheme.activation_min - affine.zero_point) * scale,
          (scheme.activation_max - affine.zero_point) * scale};
}

Range choose_range(const Histogram& histogram, Method method, double percentile, const Scheme& scheme) {
  switch (method) {
    case Method::minmax:
      return with_zero(histogram.range());
    case Method::percentile:
      return with_zero(percentile_range(histogram, percentile));
    case Method::mse:
      break;
  }
  return mse_range(histogram, scheme);
}

}  // namespace mtc::quantize
