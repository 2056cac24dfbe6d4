// SPDX-License-Identifier: Apache-2.0
//
// Reads capability documents, ID.target.toml. The format is described in docs/architecture.md.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/plugin/registry.hpp"
#include "mtc/result.hpp"

namespace mtc::plugin {

/// The document `text` of the file `file`, whose name must be ID.target.toml. Errors: invalid_argument with
/// `where` = file name:line:column.
Result<Target> parse_target(std::string_view text, const std::filesystem::path& file);

}  // namespace mtc::plugin
