// SPDX-License-Identifier: Apache-2.0
//
// A float32 .npy file that is written row by row, its number of rows known before.
#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::host {

class NpyWriter {
 public:
  /// Starts the array `path` of shape `shape`. Errors: resource_exhausted when it cannot be written.
  static Result<NpyWriter> create(const std::string& path, const std::vector<std::int64_t>& shape);
  /// The next elements, in row-major order.
  void append(std::span<const float> values);
  /// Errors: resource_exhausted (disk full); internal when not all elements came.
  Result<void> finish();

 private:
  std::string path_;
  std::ofstream stream_;
  std::size_t left_ = 0;  // elements still to come
};

}  // namespace mtc::host
