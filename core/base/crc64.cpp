// SPDX-License-Identifier: Apache-2.0
#include "core/base/crc64.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace mtc {
namespace {

constexpr std::uint64_t kPolynomial = 0xC96C5795D7870F42;  // Of ECMA-182, reflected.
constexpr std::size_t kSlices = 8;

using Tables = std::array<std::array<std::uint64_t, 256>, kSlices>;

/// tables[k][b]: what byte `b` contributes when k bytes follow it.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    std::uint64_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? kPolynomial : 0);
    tables[0][byte] = rest;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint64_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

void Crc64::update(std::string_view bytes) {
  std::uint64_t state = state_;
  while (bytes.size() >= kSlices) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);  // mtc runs on little-endian machines alone.
    state ^= word;
    std::uint64_t next = 0;
    for (std::size_t slice = 0; slice < kSlices; ++slice)
      next ^= kTables[kSlices - 1 - slice][state >> (8U * slice) & 0xFFU];
    state = next;
    bytes.remove_prefix(kSlices);
  }
  for (const char byte : bytes)
    state = (state >> 8U) ^ kTables[0][(state ^ static_cast<unsigned char>(byte)) & 0xFFU];
  state_ = state;
}

}  // namespace mtc
