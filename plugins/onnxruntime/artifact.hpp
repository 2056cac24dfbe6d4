// SPDX-License-Identifier: Apache-2.0
//
// What compile leaves in the artifact's folder: model.onnx, the files of its external data, and session.toml.
#pragma once

#include <filesystem>
#include <string>

#include "mtc/result.hpp"

namespace mtc::onnxruntime {

inline constexpr const char* kModelFile = "model.onnx";

/// Copies `model` and the external data beside it into `folder`, and records `exact`.
/// Errors: invalid_argument when external data lies outside the model's folder; not_found;
/// resource_exhausted.
Result<void> write_artifact(const std::filesystem::path& model, const std::filesystem::path& folder,
                            bool exact);

/// Reads back whether the artifact in `folder` was compiled with `exact`. Errors: not_found, data_loss.
Result<bool> read_exact(const std::filesystem::path& folder);

}  // namespace mtc::onnxruntime
