// SPDX-License-Identifier: Apache-2.0
//
// Reads single entries of a pipeline file: [model], [data.NAME], [stage.NAME].
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/config/pipeline_file.hpp"
#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// Refuses names that a reference could not hold: only letters, digits, _ and - are allowed, at least one.
Result<void> check_name(const Node& node, const std::string& title);

/// [model] as "model", or each [model.NAME]. Errors: as load_pipeline.
Result<std::vector<ModelEntry>> read_models(const Node& node, const std::filesystem::path& folder);

/// One dataset; messages call its table `title`. `alone`: a description in a file of its own, without from
/// and stage.
Result<DataEntry> read_data(const Node& node, const std::string& title, const std::filesystem::path& folder,
                            bool alone);

/// One stage, and whether `skip = true` takes it out.
struct StageReading {
  StageEntry entry;
  bool skip = false;
};

/// `names` are those of all stages, to suggest one where this has no `uses`.
Result<StageReading> read_stage(const Node& node, const std::vector<std::string>& names);

/// `matrix` of the stage `title`: axes and excludes of `entry`.
Result<void> read_matrix(const Node& node, const std::string& title, StageEntry& entry);

}  // namespace mtc::config
