// SPDX-License-Identifier: Apache-2.0
//
// CSV files that give pictures their labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::data {

struct LabelLine {
  std::string file;
  std::int64_t label = 0;
  std::size_t line = 0;  ///< In the CSV file, from 1.
};

/// Reads the columns `file` and `label` (a class index >= 0); others are ignored, fields may be in double
/// quotes. Errors: not_found; invalid_argument with `where` = path:line.
Result<std::vector<LabelLine>> read_label_file(const std::string& path);

}  // namespace mtc::data
