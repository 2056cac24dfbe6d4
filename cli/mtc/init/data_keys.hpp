// SPDX-License-Identifier: Apache-2.0
//
// A dataset as the keys of a [data.NAME] table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/config/pipeline_file.hpp"

namespace mtc::cli {

std::vector<std::string> path_texts(const std::vector<std::filesystem::path>& paths);

/// The keys of a [data.NAME] table for `data`, with these paths for its own; `preprocess` is TOML or
/// empty.
std::string data_keys(const config::DataEntry& data, const std::vector<std::string>& inputs,
                      const std::vector<std::string>& labels, const std::string& preprocess,
                      std::int64_t label_offset);

}  // namespace mtc::cli
