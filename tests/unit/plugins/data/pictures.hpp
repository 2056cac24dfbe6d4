// SPDX-License-Identifier: Apache-2.0
//
// JPEG and PNG files for tests, encoded by the libraries' own encoders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/data/image.hpp"

namespace mtc::test {

/// A picture whose pixel (x, y) is {x, y, x + y} mod 256.
data::Image ramp(int height, int width);

/// `pixels` (interleaved) as a PNG of `format` (PNG_FORMAT_RGB, ...GRAY, ...RGBA).
std::string encode_png(int height, int width, std::uint32_t format, const std::vector<std::uint8_t>& pixels);
std::string encode_png(const data::Image& image);

/// `image` as a JPEG of quality 95 without chroma subsampling.
std::string encode_jpeg(const data::Image& image);

}  // namespace mtc::test
