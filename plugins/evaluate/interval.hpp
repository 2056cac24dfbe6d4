// SPDX-License-Identifier: Apache-2.0
//
// Confidence intervals of proportions and of the difference of two paired proportions.
#pragma once

#include <cstdint>

namespace mtc::evaluate {

struct Interval {
  double low = 0;
  double high = 0;
};

/// How two classifiers did on the same samples.
struct PairedCounts {
  std::uint64_t both = 0;     ///< Both right (e).
  std::uint64_t first = 0;    ///< Only the first one right (f).
  std::uint64_t second = 0;   ///< Only the second one right (g).
  std::uint64_t neither = 0;  ///< Both wrong (h).

  [[nodiscard]] std::uint64_t total() const { return both + first + second + neither; }
};

/// z with P(|Z| <= z) = `confidence` for a standard normal Z: 1.95996… for 0.95. `confidence` in (0, 1).
double two_sided_z(double confidence);

/// Score interval of the proportion `successes` / `trials` (trials > 0), within 0..1.
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
/// (1927), 209–212; method 3 of R. G. Newcombe, "Two-sided confidence intervals for the single proportion:
/// comparison of seven methods", Statistics in Medicine 17 (1998), 857–872.
Interval wilson_interval(std::uint64_t successes, std::uint64_t trials, double confidence);

/// Interval of p1 − p2, where p1 = (e+f)/n, p2 = (e+g)/n are the two classifiers' accuracies; n > 0, within
/// −1..1:
///   low  = p1−p2 − sqrt((p1−l1)² − 2φ(p1−l1)(u2−p2) + (u2−p2)²)
///   high = p1−p2 + sqrt((u1−p1)² − 2φ(u1−p1)(p2−l2) + (p2−l2)²)
/// with the Wilson limits (l, u) and φ = c / sqrt((e+f)(g+h)(e+g)(f+h)), c = eh−fg, but max(eh−fg−n/2, 0)
/// where eh > fg; φ = 0 where the root is 0. Source: method 10 of R. G. Newcombe, "Improved confidence
/// intervals for the difference between binomial proportions based on paired data", Statistics in Medicine 17
/// (1998), 2635–2650.
Interval paired_difference_interval(const PairedCounts& counts, double confidence);

}  // namespace mtc::evaluate
