// SPDX-License-Identifier: Apache-2.0
#include "tests/support/screen.hpp"

#include <algorithm>
#include <cstdlib>

namespace mtc::test {

void Screen::write(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes[at] == '\x1b' && at + 1 < bytes.size() && bytes[at + 1] == '[') {
      std::size_t end = at + 2;
      while (end < bytes.size() && (bytes[end] < '@' || bytes[end] > '~')) ++end;
      control(bytes.substr(at + 2, end - at - 2), bytes[end]);
      at = end + 1;
      continue;
    }
    std::size_t length = 1;
    while (at + length < bytes.size() && (static_cast<unsigned char>(bytes[at + length]) & 0xC0U) == 0x80U)
      ++length;
    put(bytes.substr(at, length));
    at += length;
  }
}

void Screen::put(std::string_view character) {
  if (character == "\r") {
    column_ = 0;
    return;
  }
  if (character == "\n") {
    if (++row_ == cells_.size()) cells_.emplace_back();
    return;
  }
  if (column_ == columns_) {
    ++wraps_;
    column_ = 0;
    if (++row_ == cells_.size()) cells_.emplace_back();
  }
  auto& line = cells_[row_];
  if (line.size() <= column_) line.resize(column_ + 1, " ");
  line[column_++] = character;
}

void Screen::control(std::string_view numbers, char final) {
  const auto count = static_cast<std::size_t>(std::max(1, std::atoi(std::string(numbers).c_str())));
  if (final == 'A') row_ -= std::min(row_, count);
  if (final != 'J' && final != 'K') return;
  snapshots_.push_back(lines());
  if (cells_[row_].size() > column_) cells_[row_].resize(column_);
  if (final == 'J') cells_.resize(row_ + 1);
}

std::vector<std::string> Screen::lines() const {
  std::vector<std::string> texts;
  for (const auto& cells : cells_) {
    std::string text;
    for (const auto& cell : cells) text += cell;
    text.erase(text.find_last_not_of(' ') + 1);
    texts.push_back(text);
  }
  return texts;
}

}  // namespace mtc::test
