// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/interval.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mtc::evaluate {
namespace {

/// Newcombe's φ: the correlation of the two outcomes, with a continuity correction where it is positive.
double outcome_correlation(const PairedCounts& counts) {
  const auto e = static_cast<double>(counts.both);
  const auto f = static_cast<double>(counts.first);
  const auto g = static_cast<double>(counts.second);
  const auto h = static_cast<double>(counts.neither);
  const double margins = (e + f) * (g + h) * (e + g) * (f + h);
  if (margins <= 0) return 0;
  double numerator = e * h - f * g;
  if (numerator > 0) numerator = std::max(numerator - (e + f + g + h) / 2, 0.0);
  return numerator / std::sqrt(margins);
}

/// sqrt(a² − 2φab + b²); the radicand is not negative but for rounding, as |φ| ≤ 1.
double combined(double a, double b, double phi) {
  return std::sqrt(std::max(a * a - 2 * phi * a * b + b * b, 0.0));
}

}  // namespace

double two_sided_z(double confidence) {
  // P(|Z| > z) = erfc(z/√2). Newton's method from the left of the root of a convex function: it converges.
  const double tail = 1 - confidence;
  double z = 0;
  for (int step = 0; step < 100; ++step) {
    const double density = std::sqrt(2 / std::numbers::pi) * std::exp(-z * z / 2);
    const double change = (std::erfc(z / std::numbers::sqrt2) - tail) / density;
    z += change;
    if (std::abs(change) < 1e-15 * (1 + z)) break;
  }
  return z;
}

Interval wilson_interval(std::uint64_t successes, std::uint64_t trials, double confidence) {
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double z = two_sided_z(confidence);
  const double z2 = z * z;
  const double centre = p + z2 / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  const double scale = 1 + z2 / n;
  Interval interval{(centre - half) / scale, (centre + half) / scale};
  // Exact at the ends, where the subtraction leaves rounding noise.
  if (successes == 0) interval.low = 0;
  if (successes == trials) interval.high = 1;
  return interval;
}

Interval paired_difference_interval(const PairedCounts& counts, double confidence) {
  const std::uint64_t total = counts.total();
  const auto n = static_cast<double>(total);
  const double p1 = static_cast<double>(counts.both + counts.first) / n;
  const double p2 = static_cast<double>(counts.both + counts.second) / n;
  const Interval first = wilson_interval(counts.both + counts.first, total, confidence);
  const Interval second = wilson_interval(counts.both + counts.second, total, confidence);
  const double phi = outcome_correlation(counts);
  const double difference = p1 - p2;
  return {std::max(difference - combined(p1 - first.low, second.high - p2, phi), -1.0),
          std::min(difference + combined(first.high - p1, p2 - second.low, phi), 1.0)};
}

}  // namespace mtc::evaluate
