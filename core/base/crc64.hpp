// SPDX-License-Identifier: Apache-2.0
//
// CRC-64/XZ: finds out what is damaged where nobody means harm. The worker uses it instead of SHA-256, whose
// library would be loaded by every worker.
#pragma once

#include <cstdint>
#include <string_view>

namespace mtc {

/// The checksum of data that arrives in pieces: polynomial of ECMA-182, reflected, all ones at start and end.
class Crc64 {
 public:
  void update(std::string_view bytes);
  /// The checksum of all that came so far.
  [[nodiscard]] std::uint64_t value() const { return ~state_; }

 private:
  std::uint64_t state_ = ~std::uint64_t{0};
};

}  // namespace mtc
