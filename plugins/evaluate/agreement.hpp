// SPDX-License-Identifier: Apache-2.0
//
// How close the outputs of two models are, without labels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/evaluate/predictions.hpp"

namespace mtc::evaluate {

/// SQNR that stands for "no difference at all", since an infinite number is no JSON.
inline constexpr double kIdenticalDb = 200;

/// One output against the same output of the baseline, over all samples.
struct OutputAgreement {
  std::string name;
  double agreement =
      0;               ///< Fraction of samples whose largest value stands at the same place (first on ties).
  double sqnr_db = 0;  ///< 10·log10(Σ b² / Σ (a−b)²), b the baseline; within ±kIdenticalDb.
  double cosine = 0;   ///< Σ ab / sqrt(Σ a² · Σ b²); 1 when both are all zero, 0 when one is.
  double max_abs_error = 0;  ///< max |a−b|
};

struct Agreement {
  std::size_t samples = 0;
  std::vector<OutputAgreement> outputs;

  /// The number to gate on: of the first output for `agreement`, of the worst output for the others.
  [[nodiscard]] OutputAgreement summary() const;
};

/// Compares all outputs; both must be comparable (check_comparable). Sums are in double.
/// Errors: failed_precondition for a value that is not finite, naming side, output and sample.
Result<Agreement> compare_outputs(const Predictions& predictions, const Predictions& baseline);

}  // namespace mtc::evaluate
