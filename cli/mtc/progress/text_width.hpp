// SPDX-License-Identifier: Apache-2.0
//
// Columns of UTF-8 text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mtc::cli {

/// Columns that `text` takes: two for characters from U+1100 on that are wide in East Asian scripts and for
/// emoji, one for any other.
std::size_t text_width(std::string_view text);

/// `text` if it fits into `columns`, else its beginning and "…".
std::string fit_text(std::string_view text, std::size_t columns);

}  // namespace mtc::cli
