// SPDX-License-Identifier: Apache-2.0
//
// Which files a dataset of images has, in which order, and their labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::data {

/// Label of a picture that nobody labelled.
inline constexpr std::int64_t kUnknownLabel = -1;

struct ImageEntry {
  std::filesystem::path file;
  std::string name;  ///< Relative to its source folder, with '/'.
  std::int64_t label = kUnknownLabel;
};

struct ImageList {
  std::vector<ImageEntry> entries;
  std::vector<std::string> classes;  ///< Names, where sub-folders are the classes; else empty.
  std::size_t unlisted = 0;  ///< Pictures in the folders that the label files do not name; they are left out.
};

/// Finds .jpg, .jpeg and .png files (any case) below `sources`.
/// With `label_files` the order is theirs: CSV, first line a header with the columns `file` and `label`,
/// `file` relative to a source folder (leading folders are dropped until a file is found). Without: sorted by
/// name, and where all files lie in sub-folders, the first one is the class and its index in sorted order the
/// label; files directly in a source folder have kUnknownLabel. Errors: not_found (no folder, no pictures, a
/// label without its file); invalid_argument (a malformed line with its number, a file listed twice, pictures
/// both beside and in sub-folders).
Result<ImageList> list_images(const std::vector<std::string>& sources,
                              const std::vector<std::string>& label_files);

}  // namespace mtc::data
