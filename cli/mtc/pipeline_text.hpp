// SPDX-License-Identifier: Apache-2.0
//
// Writes the pipeline file that a one-shot verb stands for: the same text that --emit-toml prints is parsed
// and run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// A value in TOML: strings quoted, arrays and tables inline.
std::string toml_value(const Json& value);

/// What the data flags of a command say of one dataset.
struct DataFlags {
  std::string path;        ///< A folder of images, an .npy, or a .toml with the keys of [data.NAME].
  std::string labels;      ///< An .npy or .csv.
  std::string preprocess;  ///< A preset.
};

/// The table [data.NAME] for `flags`. Errors: not_found, invalid_argument (an unknown kind of file).
Result<std::string> data_table(const std::string& name, const DataFlags& flags);

/// Whether `flags` bring labels (for a .toml: whether it names any; for a folder: a CSV or sub-folders).
Result<bool> has_labels(const DataFlags& flags);

}  // namespace mtc::cli
