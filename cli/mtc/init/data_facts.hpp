// SPDX-License-Identifier: Apache-2.0
//
// What init knows of a dataset: the shape and type of its arrays (for pictures: of those that the decode
// stage made), and the range of its labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::cli {

struct LabelRange {
  std::int64_t least = 0;
  std::int64_t greatest = 0;
};

struct DataFacts {
  std::uint64_t samples = 0;
  std::string type;                 ///< Of an element: "uint8", "float32" …
  std::vector<std::int64_t> shape;  ///< Of one sample.
  std::optional<LabelRange> labels;
};

/// Reads the headers of `inputs` and all of `labels` (integers; may be none). Errors: not_found, data_loss,
/// invalid_argument.
Result<DataFacts> data_facts(const std::vector<std::filesystem::path>& inputs,
                             const std::vector<std::filesystem::path>& labels);

/// The integers of a label file. Errors: not_found, data_loss, invalid_argument (other types).
Result<std::vector<std::int64_t>> read_labels(const std::filesystem::path& file);

}  // namespace mtc::cli
