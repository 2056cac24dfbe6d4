// SPDX-License-Identifier: Apache-2.0
//
// The pipeline file that init writes: stages for what was found, explained for somebody who sees mtc for the
// first time.
#pragma once

#include <filesystem>
#include <string>

#include "cli/mtc/init/findings.hpp"

namespace mtc::cli {

/// The text of the pipeline file `file` (absolute; it is not written). Paths below its folder, or at most two
/// folders above it, are relative.
std::string draft(const Findings& findings, const std::filesystem::path& file);

/// `path` as a file of the folder `folder` would write it.
std::string path_in(const std::filesystem::path& folder, const std::filesystem::path& path);

}  // namespace mtc::cli
