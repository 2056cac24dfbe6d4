// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/data/pictures.hpp"

#include <gtest/gtest.h>
#include <png.h>
#include <turbojpeg.h>

namespace mtc::test {

data::Image ramp(int height, int width) {
  data::Image image(height, width);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      auto* pixel = &image.pixels[static_cast<std::size_t>(y * width + x) * 3];
      pixel[0] = static_cast<std::uint8_t>(x);
      pixel[1] = static_cast<std::uint8_t>(y);
      pixel[2] = static_cast<std::uint8_t>(x + y);
    }
  }
  return image;
}

std::string encode_png(int height, int width, std::uint32_t format, const std::vector<std::uint8_t>& pixels) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(width);
  header.height = static_cast<png_uint_32>(height);
  header.format = format;
  png_alloc_size_t size = 0;
  EXPECT_NE(png_image_write_to_memory(&header, nullptr, &size, 0, pixels.data(), 0, nullptr), 0);
  std::string bytes(size, '\0');
  EXPECT_NE(png_image_write_to_memory(&header, bytes.data(), &size, 0, pixels.data(), 0, nullptr), 0);
  bytes.resize(size);
  return bytes;
}

std::string encode_png(const data::Image& image) {
  return encode_png(image.height, image.width, PNG_FORMAT_RGB, image.pixels);
}

std::string encode_jpeg(const data::Image& image) {
  const tjhandle handle = tjInitCompress();
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(handle, image.pixels.data(), image.width, 0, image.height, TJPF_RGB, &buffer, &size,
                        TJSAMP_444, 95, 0),
            0);
  std::string bytes(reinterpret_cast<const char*>(buffer), size);
  tjFree(buffer);
  tjDestroy(handle);
  return bytes;
}

}  // namespace mtc::test
