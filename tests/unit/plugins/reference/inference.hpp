// SPDX-License-Identifier: Apache-2.0
//
// Seeded inputs for any session, and one inference with them.
#pragma once

#include <cstdint>
#include <vector>

#include "mtc/plugin.hpp"

namespace mtc::test {

/// A tensor that owns its memory.
struct Values {
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;

  [[nodiscard]] std::span<const float> floats() const {
    return {reinterpret_cast<const float*>(data.data()), data.size() / sizeof(float)};
  }
};

/// Inputs for `session`: float32 evenly in [low, high), int64 in [0, 500); symbolic axes get `batch`.
std::vector<Values> random_inputs(const sdk::Session& session, std::int64_t batch, float low, float high,
                                  std::uint64_t seed);

/// Resolves the outputs' shapes and runs once.
Result<std::vector<Values>> infer(sdk::Session& session, const std::vector<Values>& inputs);

}  // namespace mtc::test
