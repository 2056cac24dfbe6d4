// SPDX-License-Identifier: Apache-2.0
//
// A dataset as a stage or a model sees it: samples after views and preprocessing, and their labels. What it
// is opened from, the "dataset view", is described in docs/architecture.md. Files are mapped, never read
// whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/data/array_file.hpp"
#include "core/data/preprocess.hpp"
#include "mtc/result.hpp"

namespace mtc::data {

class Dataset {
 public:
  /// Errors: those of ArrayFile, apply_views and Preprocess; invalid_argument when the numbers of samples and
  /// labels differ (both files named), for labels that are not integers, and for a view that is not of the
  /// documented form.
  static Result<Dataset> open(const Json& view);

  [[nodiscard]] std::size_t samples() const { return order_.size(); }
  /// 0 = not known.
  [[nodiscard]] std::size_t classes() const { return classes_; }
  [[nodiscard]] bool has_labels() const { return labels_.has_value(); }
  /// Element type after preprocessing.
  [[nodiscard]] mtc_dtype dtype() const { return preprocess_.output_dtype(); }
  /// Shape of one sample after preprocessing, without the batch axis.
  [[nodiscard]] const std::vector<std::int64_t>& shape() const { return preprocess_.output_shape(); }
  [[nodiscard]] std::size_t sample_bytes() const { return preprocess_.output_bytes(); }
  /// First file, for messages.
  [[nodiscard]] const std::string& name() const { return images_.files().front().path(); }

  /// Writes the samples `indices` (0..samples()-1) densely to `out`, [indices.size(), shape...].
  /// Errors: out_of_range for an index; invalid_argument when `out` is too small.
  [[nodiscard]] Result<void> read(std::span<const std::uint64_t> indices, std::span<std::byte> out) const;
  /// Writes the class of each sample of `indices`, label_offset added, to `out` (as many).
  /// Errors: out_of_range for an index; failed_precondition without labels; invalid_argument for a label that
  /// is negative or not below `classes`.
  [[nodiscard]] Result<void> labels(std::span<const std::uint64_t> indices,
                                    std::span<std::int64_t> out) const;

 private:
  Dataset(ConcatenatedArray images, std::optional<ConcatenatedArray> labels, Preprocess preprocess,
          std::vector<std::uint64_t> order);
  [[nodiscard]] Result<std::uint64_t> source_index(std::uint64_t index) const;

  ConcatenatedArray images_;
  std::optional<ConcatenatedArray> labels_;
  Preprocess preprocess_;
  std::vector<std::uint64_t> order_;  // source index of each sample
  std::size_t classes_ = 0;
  std::int64_t label_offset_ = 0;
};

}  // namespace mtc::data
