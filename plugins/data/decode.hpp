// SPDX-License-Identifier: Apache-2.0
//
// The stage data.decode: image files to images.npy, labels.npy and files.txt.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/data/geometry.hpp"

namespace mtc::data {

struct DecodeRequest {
  std::vector<std::string> sources;  ///< Folders.
  std::vector<std::string> labels;   ///< CSV files; may be empty.
  std::string folder;                ///< Exists; gets the results.
  Geometry geometry;
};

/// Called before each sample with how many are done; an error of it ends the work.
using Tick = std::function<Result<void>(std::size_t done, std::size_t total)>;

struct DecodeSummary {
  std::size_t images = 0;
  std::size_t unlisted = 0;  ///< Pictures that the label files do not name.
};

/// Writes images.npy uint8 [N, 3, H, W] (gray: [N, 1, H, W]), labels.npy int64 [N] (-1: not labelled),
/// files.txt (one name a line, in order) and, where sub-folders are classes, classes.txt. Holds one picture
/// at a time. Errors: those of list_images, decode_file and crop_center; invalid_argument when sizes differ
/// and nothing makes them equal. `where` is the picture's path.
Result<DecodeSummary> decode(const DecodeRequest& request, const Tick& tick);

}  // namespace mtc::data
