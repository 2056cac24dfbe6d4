// SPDX-License-Identifier: Apache-2.0
//
// A file as a zstd frame (RFC 8878), for Content-Encoding: zstd.
#pragma once

#include <filesystem>

#include "mtc/result.hpp"

namespace mtc::cache_http {

/// Writes `from`, compressed, to the new file `to`. Memory does not grow with the file. Errors: as
/// errno_error().
Result<void> compress_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace mtc::cache_http
