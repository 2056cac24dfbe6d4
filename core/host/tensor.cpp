// SPDX-License-Identifier: Apache-2.0
#include "core/host/tensor.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/data/array_file.hpp"

namespace mtc::host {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMaxBytes = std::size_t{1} << 46U;

}  // namespace

Result<std::size_t> tensor_bytes(mtc_dtype dtype, std::span<const std::int64_t> shape,
                                 const std::string& what) {
  std::size_t bits = dtype.bits;
  for (const auto extent : shape) {
    const bool fits = extent >= 0 && !__builtin_mul_overflow(bits, static_cast<std::size_t>(extent), &bits);
    if (!fits || bits / 8 > kMaxBytes) {
      return Error{Code::invalid_argument, "the shape " + data::describe(shape) + " cannot be", what,
                   "check the shapes that the model declares"};
    }
  }
  return (bits + 7) / 8;
}

std::size_t element_count(std::span<const std::int64_t> shape) {
  std::size_t count = 1;
  for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
  return count;
}

Result<Tensor> Tensor::make(mtc_dtype dtype, std::vector<std::int64_t> shape, const std::string& what) {
  Tensor tensor;
  MTC_ASSIGN(tensor.bytes_, tensor_bytes(dtype, shape, what));
  const std::size_t rounded =
      (std::max(tensor.bytes_, std::size_t{1}) + kAlignment - 1) / kAlignment * kAlignment;
  tensor.data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded)));
  if (!tensor.data_) {
    return Error{Code::resource_exhausted, "no memory for " + std::to_string(rounded) + " bytes", what,
                 "use a smaller batch"};
  }
  std::memset(tensor.data_.get(), 0xFF, rounded);
  tensor.dtype_ = dtype;
  tensor.shape_ = std::move(shape);
  return tensor;
}

mtc_tensor Tensor::raw() {
  mtc_tensor tensor{};
  tensor.struct_size = sizeof tensor;
  tensor.dtype = dtype_;
  tensor.rank = static_cast<std::uint32_t>(shape_.size());
  tensor.shape = shape_.data();
  tensor.data = data_.get();
  tensor.bytes = bytes_;
  tensor.capacity = bytes_;
  tensor.memory = MTC_MEMORY_HOST;
  return tensor;
}

std::vector<mtc_tensor> raw_tensors(std::vector<Tensor>& tensors) {
  std::vector<mtc_tensor> raw;
  for (auto& tensor : tensors) raw.push_back(tensor.raw());
  return raw;
}

}  // namespace mtc::host
