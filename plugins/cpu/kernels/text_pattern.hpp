// SPDX-License-Identifier: Apache-2.0
//
// C text that differs in a word or two.
#pragma once

#include <string>
#include <string_view>

namespace mtc::cpu {

/// `text` with each `from` replaced by `to`.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace mtc::cpu
