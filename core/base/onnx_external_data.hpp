// SPDX-License-Identifier: Apache-2.0
//
// Which other files an ONNX file needs, without a protobuf library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc {

/// The `location` values of all external tensors in the ONNX file, sorted, each once, as written (relative to
/// the file's folder by the ONNX specification, external data section). Initializers, sparse initializers,
/// tensors in attributes, subgraphs and functions are searched. Reads field headers only, not weights.
/// Malformed content ends the search: what was found so far is returned, and the real loader says what is
/// wrong. Errors: not_found, permission_denied.
Result<std::vector<std::string>> onnx_external_data(const std::filesystem::path& file);

}  // namespace mtc
