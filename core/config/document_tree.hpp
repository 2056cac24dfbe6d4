// SPDX-License-Identifier: Apache-2.0
//
// The whole of a pipeline document before its entries are read: includes, the profile and overrides applied.
#pragma once

#include <filesystem>

#include "core/config/pipeline_file.hpp"
#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// `folder` as an absolute, normalised path; "" stands for the current one. Errors: unavailable.
Result<std::filesystem::path> absolute_folder(const std::filesystem::path& folder);

/// Checks one file by itself: mtc = 1, and sections that are known and tables.
Result<void> check_document(const Node& root);

/// `root` (read from `file`, empty for none) with its includes under it, the profile and the overrides over
/// it; the tables `include` and `profile` are gone. Names in `include` count from `folder`. Errors: as
/// load_pipeline.
Result<Node> assemble(Node root, const std::filesystem::path& file, const std::filesystem::path& folder,
                      const LoadOptions& options);

/// The document of the pipeline file `file`, every value with its place. Errors: as load_pipeline, for what
/// can be seen without reading entries.
Result<Node> load_document(const std::filesystem::path& file, const LoadOptions& options);

}  // namespace mtc::config
