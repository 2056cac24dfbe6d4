// SPDX-License-Identifier: Apache-2.0
//
// Tensors that the host owns: dense, row-major, aligned to 64 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mtc/plugin.h"
#include "mtc/result.hpp"

namespace mtc::host {

/// Bytes of a dense tensor; elements under 8 bits are packed. Errors: invalid_argument (`what` is named) for
/// a negative extent or a size that no memory holds.
Result<std::size_t> tensor_bytes(mtc_dtype dtype, std::span<const std::int64_t> shape,
                                 const std::string& what);

/// Elements of a dense tensor whose size tensor_bytes() accepted.
std::size_t element_count(std::span<const std::int64_t> shape);

class Tensor {
 public:
  /// Memory for a tensor, all bytes 0xFF: a float that nobody wrote is NaN. `what` names it in errors.
  /// Errors: those of tensor_bytes; resource_exhausted.
  static Result<Tensor> make(mtc_dtype dtype, std::vector<std::int64_t> shape, const std::string& what);

  [[nodiscard]] mtc_dtype dtype() const { return dtype_; }
  [[nodiscard]] const std::vector<std::int64_t>& shape() const { return shape_; }
  [[nodiscard]] std::span<std::byte> bytes() { return {data_.get(), bytes_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_.get(), bytes_}; }
  /// As the ABI passes it; points into this tensor.
  [[nodiscard]] mtc_tensor raw();

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  mtc_dtype dtype_{};
  std::vector<std::int64_t> shape_;
  std::size_t bytes_ = 0;
  std::unique_ptr<std::byte, Free> data_;
};

/// raw() of each.
std::vector<mtc_tensor> raw_tensors(std::vector<Tensor>& tensors);

}  // namespace mtc::host
