// SPDX-License-Identifier: Apache-2.0
//
// Which way to preprocess the scores speak for, and how clearly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/mtc/init/preprocessing.hpp"

namespace mtc::cli {

/// Top-1 accuracy of the float model behind one way to preprocess.
struct Score {
  Preprocessing way;
  std::uint64_t samples = 0;
  double top1 = 0;
  double low = 0;  ///< 95 % interval.
  double high = 0;
  std::string failure;  ///< Not empty: it could not be scored, and why.

  /// "57.8 % [45.6, 69.1]"
  [[nodiscard]] std::string text() const;
};

/// The index of the best score: the highest top-1 among those on most samples, of equal ones the first.
/// `scores.size()` when none could be scored.
std::size_t best_of(const std::vector<Score>& scores);

/// The indices of scores that scores[best] is not clearly better than (the 95 % interval of the difference
/// holds 0): the best first, then by top-1, at most `most`. Only the best itself when the choice is clear.
std::vector<std::size_t> finalists(const std::vector<Score>& scores, std::size_t best, std::size_t most);

/// What speaks against trusting scores[best]: that its interval holds the accuracy of guessing among
/// `classes`, or that it is not clearly better than the next. One sentence each; empty when the choice is
/// clear.
std::vector<std::string> doubts(const std::vector<Score>& scores, std::size_t best, std::int64_t classes);

}  // namespace mtc::cli
