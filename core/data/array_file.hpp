// SPDX-License-Identifier: Apache-2.0
//
// NumPy files mapped into memory, one or several concatenated along their first axis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mtc/npy.hpp"
#include "mtc/result.hpp"

namespace mtc::data {

/// One .npy file, mapped read-only. `header.shape` is [N, …] with N rows.
class ArrayFile {
 public:
  /// Errors: not_found, permission_denied; data_loss (not an array, truncated); invalid_argument (no first
  /// axis).
  static Result<ArrayFile> open(const std::string& path);
  ArrayFile(ArrayFile&& other) noexcept;
  ArrayFile& operator=(ArrayFile&& other) noexcept;
  ArrayFile(const ArrayFile&) = delete;
  ArrayFile& operator=(const ArrayFile&) = delete;
  ~ArrayFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const npy::Header& header() const { return header_; }
  [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(header_.shape.front()); }
  /// Bytes of row `index` (< rows()).
  [[nodiscard]] std::span<const std::byte> row(std::size_t index) const;

 private:
  ArrayFile(std::string path, std::span<const std::byte> mapping);

  std::string path_;
  npy::Header header_;
  std::span<const std::byte> mapping_;  // owned: unmapped by the destructor
  std::size_t row_bytes_ = 0;
};

/// Arrays of one element type and row shape, concatenated along the first axis.
class ConcatenatedArray {
 public:
  /// Errors: those of ArrayFile; invalid_argument naming both files when types or row shapes differ. `paths`
  /// may not be empty.
  static Result<ConcatenatedArray> open(const std::vector<std::string>& paths);

  [[nodiscard]] std::size_t rows() const { return starts_.back(); }
  [[nodiscard]] mtc_dtype dtype() const { return files_.front().header().dtype; }
  /// Shape of one row: without the first axis.
  [[nodiscard]] std::vector<std::int64_t> row_shape() const;
  /// Bytes of row `index` (< rows()).
  [[nodiscard]] std::span<const std::byte> row(std::size_t index) const;
  /// The file that holds row `index`.
  [[nodiscard]] const std::string& file_of(std::size_t index) const;
  [[nodiscard]] const std::vector<ArrayFile>& files() const { return files_; }

 private:
  [[nodiscard]] std::size_t file_index(std::size_t row) const;

  std::vector<ArrayFile> files_;
  std::vector<std::size_t> starts_{0};  // first row of each file, and the number of all rows
};

/// "uint8 [5000, 3, 32, 32]": for messages.
std::string describe(mtc_dtype dtype, std::span<const std::int64_t> shape);
/// "[3, 32, 32]"; -1 prints as "?".
std::string describe(std::span<const std::int64_t> shape);
/// "uint8", "float32", "bfloat16", "int4" …
std::string type_text(mtc_dtype dtype);

}  // namespace mtc::data
