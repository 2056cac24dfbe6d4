// SPDX-License-Identifier: Apache-2.0
//
// JPEG and PNG files to pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "mtc/result.hpp"
#include "plugins/data/image.hpp"

namespace mtc::data {

/// Reads and decodes `file`; its first bytes, not its name, tell the format. EXIF orientation is not applied.
/// Errors, all with the file's path: not_found; data_loss when it is damaged, even where a decoder would
/// guess; unimplemented for another format, or CMYK.
Result<Image> decode_file(const std::filesystem::path& file);

/// JPEG by libjpeg-turbo with the accurate integer DCT (TJFLAG_ACCURATEDCT, libjpeg's "islow") and smooth
/// chroma upsampling; warnings are errors (TJFLAG_STOPONWARNING).
Result<Image> decode_jpeg(std::span<const std::uint8_t> bytes);

/// PNG by libpng: palettes expanded, 16 bits cut to 8, gray replicated, alpha dropped; no gamma correction.
Result<Image> decode_png(std::span<const std::uint8_t> bytes);

}  // namespace mtc::data
