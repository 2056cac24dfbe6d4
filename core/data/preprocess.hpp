// SPDX-License-Identifier: Apache-2.0
//
// From a stored sample to what the model takes: y = (x·scale − mean) / std per channel, float32.
//
// Samples are [C, H, W]; those of another rank have one channel. Computed in double precision and rounded
// once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/plugin.h"
#include "mtc/result.hpp"

namespace mtc::data {

enum class Color { rgb, bgr, gray };

/// A preprocessing bound to the type and shape of the samples that it reads.
class Preprocess {
 public:
  /// `table`: null, or {"color": "rgb", "scale": 1, "mean": 0 | [..], "std": 1 | [..]}, all optional. `where`
  /// names the dataset's file in errors. Without a table float32 and int64 stay as they are and float64
  /// becomes float32. Errors, all invalid_argument: integer images without a table (the presets are listed),
  /// unknown keys, a number of means that is not the number of channels, std 0, bgr or gray of other than
  /// three channels.
  static Result<Preprocess> make(const Json& table, mtc_dtype dtype, const std::vector<std::int64_t>& shape,
                                 const std::string& where);

  [[nodiscard]] mtc_dtype output_dtype() const { return output_dtype_; }
  [[nodiscard]] const std::vector<std::int64_t>& output_shape() const { return output_shape_; }
  /// Bytes of one sample of the result.
  [[nodiscard]] std::size_t output_bytes() const { return output_bytes_; }

  /// Converts one sample: `sample` in the stored type, `out` of output_bytes().
  void apply(std::span<const std::byte> sample, std::span<std::byte> out) const;

 private:
  Preprocess() = default;
  Result<void> read_table(const Json& table, const std::string& where);
  void tabulate();
  template <class T>
  void convert(std::span<const std::byte> sample, std::span<float> out) const;

  mtc_dtype input_dtype_{};
  mtc_dtype output_dtype_{};
  std::vector<std::int64_t> output_shape_;
  std::size_t output_bytes_ = 0;
  bool copy_ = false;  // bytes pass unchanged
  Color color_ = Color::rgb;
  std::size_t channels_ = 1;  // of the stored sample
  std::size_t plane_ = 0;     // elements of one channel
  double scale_ = 1;
  std::vector<double> mean_;
  std::vector<double> std_;
  std::vector<float> table_;  // uint8: result of each value, per output channel; empty otherwise
};

}  // namespace mtc::data
