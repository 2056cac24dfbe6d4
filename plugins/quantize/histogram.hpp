// SPDX-License-Identifier: Apache-2.0
//
// What calibration keeps of an activation: smallest and largest value, and a histogram of fixed size. Its
// memory does not depend on how many values were seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace mtc::quantize {

/// A closed interval of real values.
struct Range {
  double low = 0.0;
  double high = 0.0;
};

/// Smallest and largest value seen.
class Extent {
 public:
  /// Takes any values; returns false, and changes nothing, when one is NaN or infinite.
  bool add(std::span<const float> values);
  [[nodiscard]] bool empty() const { return low_ > high_; }
  /// Both ends; only when not empty().
  [[nodiscard]] Range range() const { return {static_cast<double>(low_), static_cast<double>(high_)}; }

 private:
  float low_ = std::numeric_limits<float>::infinity();
  float high_ = -std::numeric_limits<float>::infinity();
};

/// Counts of values in equal bins over a range that is known beforehand.
class Histogram {
 public:
  /// `bins` ≥ 1. A range without width gets all counts in one bin.
  Histogram(Range range, std::size_t bins);

  /// Values outside the range count at its nearer end.
  void add(std::span<const float> values);

  [[nodiscard]] const Range& range() const { return range_; }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; }
  /// The middle of bin `index`.
  [[nodiscard]] double center(std::size_t index) const {
    return range_.low + (static_cast<double>(index) + 0.5) * width_;
  }
  /// The value below which `fraction` (0…1) of all values lie, linear within a bin.
  [[nodiscard]] double quantile(double fraction) const;

 private:
  Range range_;
  double width_ = 0.0;
  std::uint64_t total_ = 0;
  std::vector<std::uint64_t> counts_;
};

}  // namespace mtc::quantize
