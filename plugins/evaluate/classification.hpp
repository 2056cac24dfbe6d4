// SPDX-License-Identifier: Apache-2.0
//
// Accuracy of class scores against labels, alone and paired with a baseline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/evaluate/interval.hpp"
#include "plugins/evaluate/predictions.hpp"

namespace mtc::evaluate {

/// What one row of scores says. The order of classes is by falling score, ties by rising index (as an
/// argmax).
struct Ranking {
  bool valid = false;    ///< No NaN in the row; else it counts as wrong.
  std::size_t best = 0;  ///< The first class of the order.
  std::size_t rank = 0;  ///< Place of the label in the order, from 0.
  bool tied = false;     ///< Another class has the best score too.
};

/// Ranks one row; `label` < scores.size().
Ranking rank_row(std::span<const float> scores, std::size_t label);

struct Confusion {
  std::size_t label = 0;
  std::size_t predicted = 0;
  std::uint64_t samples = 0;
};

struct Comparison {
  double agreement =
      0;  ///< Fraction of samples with the same first class; a row with NaN agrees with nothing.
  Interval agreement_interval;
  PairedCounts counts;  ///< first = baseline, second = this model.
  double drop = 0;      ///< Accuracy of the baseline − of this model.
  Interval drop_interval;
};

struct Classification {
  std::uint64_t samples = 0;
  std::uint64_t classes = 0;
  std::uint64_t top1 = 0;  ///< Samples whose label is the first class.
  std::optional<std::uint64_t>
      top5;  ///< … among the first five; only where there are more than five classes.
  Interval top1_interval;
  std::uint64_t nan_rows = 0;                ///< Rows with a NaN.
  std::uint64_t tied_rows = 0;               ///< Rows whose best score two classes share.
  std::vector<std::uint64_t> class_samples;  ///< Samples with this label.
  std::vector<std::uint64_t> class_right;    ///< … of which right.
  std::vector<Confusion> confusions;         ///< Wrong pairs, most frequent first, at most 20.
  std::optional<Comparison> comparison;
};

/// Scores `scores` against `labels` (one a sample, 0..classes−1), and against `baseline` where given.
/// Errors: invalid_argument when the counts differ; out_of_range for a label that is not a class.
Result<Classification> classify(const Scores& scores, std::span<const std::int64_t> labels,
                                const std::optional<Scores>& baseline, double confidence);

/// Whether the accuracy cannot be told from guessing: the interval reaches down to 1 / classes.
bool near_chance(const Classification& result);

}  // namespace mtc::evaluate
