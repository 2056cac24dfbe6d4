// SPDX-License-Identifier: Apache-2.0
//
// Tensors that own their memory, and one inference with them.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "mtc/plugin.hpp"

namespace mtc::test {

struct Tensor {
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;

  template <class T>
  [[nodiscard]] std::vector<T> values() const {
    std::vector<T> copy(data.size() / sizeof(T));
    if (!copy.empty()) std::memcpy(copy.data(), data.data(), copy.size() * sizeof(T));
    return copy;
  }
};

inline constexpr mtc_dtype kFloat32{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};

Tensor float_tensor(std::vector<std::int64_t> shape, std::span<const float> values);

/// Resolves the outputs' shapes and runs once.
Result<std::vector<Tensor>> infer(sdk::Session& session, std::vector<Tensor>& inputs);

}  // namespace mtc::test
