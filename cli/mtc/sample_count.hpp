// SPDX-License-Identifier: Apache-2.0
//
// How many samples a dataset of the command line has, before anything reads it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "cli/mtc/pipeline_text.hpp"
#include "mtc/npy.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// The samples of `flags` after its own skip and take: exact for arrays (from their headers), for a folder of
/// images the number of files, which may be more than there are images. Errors: not_found, data_loss.
Result<std::uint64_t> most_samples(const DataFlags& flags);

/// Type and shape of the array in `file`. Errors: not_found, data_loss.
Result<npy::Header> array_header(const std::filesystem::path& file);

}  // namespace mtc::cli
