// SPDX-License-Identifier: Apache-2.0
#include "core/base/crc64.hpp"

#include <string>

#include <gtest/gtest.h>

namespace mtc {
namespace {

std::uint64_t crc_of(std::string_view bytes) {
  Crc64 crc;
  crc.update(bytes);
  return crc.value();
}

/// By the definition, a bit at a time.
std::uint64_t slow(std::string_view bytes) {
  std::uint64_t rest = ~std::uint64_t{0};
  for (const char byte : bytes) {
    rest ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xC96C5795D7870F42 : 0);
  }
  return ~rest;
}

TEST(Crc64, HasTheCheckValueOfCrc64Xz) {
  // The catalogue of parametrised CRC algorithms gives this for CRC-64/XZ.
  EXPECT_EQ(crc_of("123456789"), 0x995DC9BBDF1939FAU);
  EXPECT_EQ(crc_of(""), 0U);
}

TEST(Crc64, IsTheDefinitionAtEveryLengthAndInPieces) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(crc_of(bytes), slow(bytes)) << bytes.size();
    Crc64 pieces;
    pieces.update(std::string_view(bytes).substr(0, bytes.size() / 3));
    pieces.update(std::string_view(bytes).substr(bytes.size() / 3));
    EXPECT_EQ(pieces.value(), slow(bytes)) << bytes.size();
    bytes += static_cast<char>(i * 37 + 200);
  }
}

}  // namespace
}  // namespace mtc
