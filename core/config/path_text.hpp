// SPDX-License-Identifier: Apache-2.0
//
// Paths as a pipeline file writes them: with environment variables, relative to the folder of the file.
#pragma once

#include <filesystem>
#include <string>

#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// Replaces ${NAME} by the variable's value and ${NAME:-default} by the value, or by `default` where the
/// variable is unset or empty. A `$` without a brace stays. Errors (at `place`): a variable that is not set,
/// a missing brace, a name that is not [A-Za-z_][A-Za-z0-9_]*.
Result<std::string> expand_variables(const std::string& text, const Place& place);

/// The absolute, normalised path that `text` means in a file of the folder `folder` (absolute).
Result<std::filesystem::path> resolve_path(const std::string& text, const std::filesystem::path& folder,
                                           const Place& place);

}  // namespace mtc::config
