// SPDX-License-Identifier: Apache-2.0
//
// Reading a predictions folder: predictions.json and its arrays (docs/architecture.md, "Folders").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mtc/npy.hpp"
#include "mtc/result.hpp"

namespace mtc::evaluate {

/// One output of a model for all samples: float32, row-major, the first axis counts samples.
struct Output {
  std::string name;
  npy::Array array;

  [[nodiscard]] std::span<const float> values() const { return array.values<float>(); }
};

struct Predictions {
  std::string folder;
  std::string dataset;  ///< Canonical text that identifies the samples; equal for the same dataset.
  std::size_t samples = 0;
  std::vector<Output> outputs;  ///< At least one.
};

/// Class scores, [samples, classes].
struct Scores {
  std::span<const float> values;
  std::size_t samples = 0;
  std::size_t classes = 0;

  [[nodiscard]] std::span<const float> row(std::size_t sample) const {
    return values.subspan(sample * classes, classes);
  }
};

/// Reads `folder`. Errors: not_found; data_loss when a file is damaged or an array is not float32 [samples,
/// …].
Result<Predictions> load_predictions(const std::string& folder);

/// The first output as class scores: [N, C], or [N, C, 1, …] with trailing ones. The spans point into
/// `predictions`. Errors: invalid_argument when it has another form or fewer than two classes.
Result<Scores> class_scores(const Predictions& predictions);

/// Whether both come from the same samples and outputs of the same shapes.
/// Errors: invalid_argument, naming both sides.
Result<void> check_comparable(const Predictions& predictions, const Predictions& baseline);

}  // namespace mtc::evaluate
