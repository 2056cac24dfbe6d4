// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/decode_image.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

namespace mtc::data {

namespace {

constexpr std::array<std::uint8_t, 3> kJpegMagic{0xFF, 0xD8, 0xFF};
constexpr std::array<std::uint8_t, 8> kPngMagic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

bool starts_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

Result<std::vector<std::uint8_t>> read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream)
    return Error{Code::not_found, "cannot read the image", {}, "check the path and its permissions"};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(stream.tellg()));
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!stream) return Error{Code::data_loss, "cannot read the whole image", {}, "check the disk"};
  return bytes;
}

Result<Image> decode_bytes(std::span<const std::uint8_t> bytes) {
  if (starts_with(bytes, kJpegMagic)) return decode_jpeg(bytes);
  if (starts_with(bytes, kPngMagic)) return decode_png(bytes);
  if (bytes.empty())
    return Error{Code::data_loss, "the image file is empty", {}, "remove it or write it again"};
  return Error{Code::unimplemented, "neither JPEG nor PNG", {}, "convert it to one of them, or remove it"};
}

}  // namespace

Result<Image> decode_file(const std::filesystem::path& file) {
  auto bytes = read_bytes(file);
  auto image = bytes ? decode_bytes(*bytes) : Result<Image>(bytes.error());
  if (!image) image.error().where = file.string();
  return image;
}

}  // namespace mtc::data
