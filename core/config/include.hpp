// SPDX-License-Identifier: Apache-2.0
//
// include = ["base.toml", …]: other pipeline files whose tables lie under those of the file that names them.
// Relative paths inside an included file count from its own folder.
#pragma once

#include <filesystem>

#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// The longest chain of files that include each other, the first one included; and how many inclusions one
/// pipeline may come to in all.
inline constexpr std::size_t kMaxIncludeDepth = 16;
inline constexpr std::size_t kMaxIncludes = 256;

/// Replaces `include` of `root` by what it stands for: the named files in order, each over those before it,
/// and `root` over all of them (overlay.hpp). `file` is the file that `root` was read from, empty for none;
/// names count from `folder`. Errors, at the place of the name: not_found; invalid_argument for a chain that
/// comes back to a file of itself or is too long; those of the included file at its own places.
Result<void> apply_includes(Node& root, const std::filesystem::path& file,
                            const std::filesystem::path& folder);

}  // namespace mtc::config
