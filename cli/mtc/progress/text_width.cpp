// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/progress/text_width.hpp"

#include <algorithm>
#include <cstdint>

namespace mtc::cli {
namespace {

/// The character at `at`, which moves behind it. A byte that begins none counts as one character.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const std::size_t more = first >= 0xF0U ? 3 : first >= 0xE0U ? 2 : first >= 0xC0U ? 1 : 0;
  std::uint32_t value = more == 0 ? first : first & (0x3FU >> more);
  for (std::size_t i = 0; i < more && at < text.size(); ++i, ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xC0U) != 0x80U) break;
    value = value << 6U | (byte & 0x3FU);
  }
  return value;
}

std::size_t columns_of_character(std::uint32_t character) {
  const bool wide =
      (character >= 0x1100 && character <= 0x115F) || (character >= 0x2E80 && character <= 0xA4CF) ||
      (character >= 0xAC00 && character <= 0xD7A3) || (character >= 0xF900 && character <= 0xFAFF) ||
      (character >= 0xFE30 && character <= 0xFE6F) || (character >= 0xFF00 && character <= 0xFF60) ||
      (character >= 0x1F300 && character <= 0x1FAFF) || (character >= 0x20000 && character <= 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) width += columns_of_character(next_character(text, at));
  return width;
}

std::string fit_text(std::string_view text, std::size_t columns) {
  if (text_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t width = 0;
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    width += columns_of_character(next_character(text, at));
    if (width + 1 > columns) break;  // One for the "…".
    end = at;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace mtc::cli
