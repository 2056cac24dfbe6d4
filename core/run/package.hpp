// SPDX-License-Identifier: Apache-2.0
//
// The `package` stage: copies what ships into one folder and writes manifest.json.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// Copies the inputs (`artifact`: its files; `model`: model.onnx; `report`: report.json, report_1.json …)
/// into `folder` and lists every file with its SHA-256 in manifest.json. `digests` are those of the inputs.
/// Errors: already_exists when two inputs bring a file of the same name; those of folder_files().
Result<void> write_package(const std::vector<std::pair<std::string, std::filesystem::path>>& inputs,
                           const std::vector<Digest>& digests, const std::filesystem::path& folder);

}  // namespace mtc::run
