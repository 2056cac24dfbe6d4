// SPDX-License-Identifier: Apache-2.0
//
// Predictions for tests: in memory, and as a folder.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mtc/npy.hpp"
#include "plugins/evaluate/predictions.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::evaluate {

inline constexpr mtc_dtype kFloat32 = {MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};

/// One output `values` of `shape`.
inline Output make_output(const std::string& name, const std::vector<std::int64_t>& shape,
                          const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {name, {{kFloat32, shape, 0}, {bytes.begin(), bytes.end()}}};
}

/// Predictions with the one output `values` [samples, …].
inline Predictions make_predictions(const std::vector<std::int64_t>& shape, const std::vector<float>& values,
                                    const std::string& dataset = "d") {
  return {"folder", dataset, static_cast<std::size_t>(shape.at(0)), {make_output("out", shape, values)}};
}

/// Writes a predictions folder `name` with the one output `values` and returns its path.
inline std::string write_predictions(const test::TempDir& folder, const std::string& name,
                                     const std::vector<std::int64_t>& shape, const std::vector<float>& values,
                                     const std::string& index) {
  folder.write(name + "/predictions.json", index);
  const std::string path = (folder / name).string();
  const auto saved = npy::save(path + "/predictions.npy", kFloat32, shape, std::as_bytes(std::span(values)));
  return saved ? path : std::string();
}

}  // namespace mtc::evaluate
