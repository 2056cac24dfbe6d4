// SPDX-License-Identifier: Apache-2.0
//
// The listing that stands for a folder: sorted lines "mode digest path\n", one a file (mode 644 or 755) and
// one a folder without entries (mode dir, digest of nothing).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// A file of a folder.
struct TreeEntry {
  std::string path;  ///< Relative, parts separated by '/'.
  Digest digest;
  bool executable = false;  ///< Mode 755, else 644.
};

/// What a folder holds; paths are relative and sorted by bytes.
struct TreeListing {
  std::vector<TreeEntry> files;
  std::vector<std::string> empty_folders;
};

/// Whether `path` is a relative path of plain names, parts separated by '/': what it names lies below the
/// folder that it is appended to.
bool stays_inside(std::string_view path);

/// The text of the listing; files and folders in any order.
std::string listing_text(const TreeListing& listing);

/// The inverse. Errors: data_loss for anything that listing_text() does not write: other modes, unsorted or
/// repeated paths, paths that leave the folder.
Result<TreeListing> parse_listing(std::string_view text);

/// The paths of a folder on disk, relative and sorted by bytes.
struct TreePaths {
  std::vector<std::string> files;
  std::vector<std::string> empty_folders;
};

/// Reads them. Errors: invalid_argument (plugin_fault) for symbolic links, devices and names with a line
/// break; as errno_error().
Result<TreePaths> paths_of_tree(const std::filesystem::path& folder);

}  // namespace mtc::store
