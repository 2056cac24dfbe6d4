// SPDX-License-Identifier: Apache-2.0
//
// The files of a user's folder, in an order that does not depend on the file system.
#pragma once

#include <filesystem>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::run {

/// Paths of all files in `folder` and its sub-folders, relative to it and sorted. Links to files count as
/// files. Errors: invalid_argument for what has no content of its own to digest: a link to a folder or to
/// nothing, a device, a socket; permission_denied, not_found.
Result<std::vector<std::filesystem::path>> folder_files(const std::filesystem::path& folder);

}  // namespace mtc::run
