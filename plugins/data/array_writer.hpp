// SPDX-License-Identifier: Apache-2.0
//
// A .npy file that is written sample by sample, so that memory does not grow with the dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>

#include "mtc/result.hpp"

namespace mtc::data {

class ArrayWriter {
 public:
  /// Starts the file `path` of an array of `shape`. Errors: resource_exhausted when it cannot be written.
  static Result<ArrayWriter> create(const std::string& path, mtc_dtype dtype,
                                    std::span<const std::int64_t> shape);

  /// Appends the next bytes in row-major order. Errors: resource_exhausted.
  Result<void> append(std::span<const std::byte> bytes);

  /// Checks that the array is whole and on disk. Errors: resource_exhausted; internal when bytes are missing.
  Result<void> close();

 private:
  ArrayWriter(std::string path, std::size_t bytes) : path_(std::move(path)), missing_(bytes) {}

  std::string path_;
  std::size_t missing_;
  std::ofstream stream_;
};

inline constexpr mtc_dtype kUint8{MTC_KIND_UINT, 8, MTC_FORMAT_IEEE};
inline constexpr mtc_dtype kInt64{MTC_KIND_INT, 64, MTC_FORMAT_IEEE};

}  // namespace mtc::data
