// SPDX-License-Identifier: Apache-2.0
//
// The listing that stands for a folder: sorted lines "mode digest path\n". Files only; empty folders are not
// kept.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

struct TreeEntry {
  std::string path;  ///< Relative, parts separated by '/'.
  Digest digest;
  bool executable = false;  ///< Mode 755, else 644.
};

/// The text of the listing; `entries` in any order.
std::string listing_text(std::vector<TreeEntry> entries);

/// The inverse. Errors: data_loss for anything that listing_text() does not write: other modes, unsorted or
/// repeated paths, paths that leave the folder.
Result<std::vector<TreeEntry>> parse_listing(std::string_view text);

/// Paths, relative to `folder` and sorted by bytes, of the files in it. Errors: invalid_argument
/// (plugin_fault) for symbolic links, devices and names with a line break; as errno_error().
Result<std::vector<std::string>> files_of_tree(const std::filesystem::path& folder);

}  // namespace mtc::store
