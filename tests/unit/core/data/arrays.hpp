// SPDX-License-Identifier: Apache-2.0
//
// Writes small NumPy files for the tests of core/data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mtc/npy.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {

constexpr mtc_dtype kU8{MTC_KIND_UINT, 8, 0};
constexpr mtc_dtype kI32{MTC_KIND_INT, 32, 0};
constexpr mtc_dtype kI64{MTC_KIND_INT, 64, 0};
constexpr mtc_dtype kF32{MTC_KIND_FLOAT, 32, 0};
constexpr mtc_dtype kF64{MTC_KIND_FLOAT, 64, 0};

/// Saves `values` as `name` in `folder` and returns the path.
template <class T>
std::string save_array(const TempDir& folder, const std::string& name, mtc_dtype dtype,
                       const std::vector<std::int64_t>& shape, const std::vector<T>& values) {
  const std::string path = (folder / name).string();
  const auto saved = npy::save(path, dtype, shape, std::as_bytes(std::span(values)));
  EXPECT_TRUE(saved) << path;
  return path;
}

}  // namespace mtc::test
