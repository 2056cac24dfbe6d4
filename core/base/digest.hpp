// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 digests: of bytes, of files, and incrementally. Printed as 64 lower-case hex digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mtc/result.hpp"

namespace mtc {

/// 64 lower-case hex digits.
using Digest = std::string;

/// SHA-256 (FIPS 180-4) of data that arrives in pieces.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::string_view bytes);
  /// The digest of all that came so far; call it once, last.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest digest_of(std::string_view bytes);

/// Digest of a file's content. Errors: not_found, permission_denied, data_loss (read error).
Result<Digest> digest_of_file(const std::filesystem::path& file);

/// The same of what is left to read of an open descriptor; `name` is for messages.
Result<Digest> digest_of_descriptor(int descriptor, const std::filesystem::path& name);

/// True for 64 lower-case hex digits.
bool is_digest(std::string_view text);

}  // namespace mtc
