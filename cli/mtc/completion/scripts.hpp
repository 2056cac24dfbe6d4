// SPDX-License-Identifier: Apache-2.0
//
// What a shell loads to complete `mtc`: glue that asks `mtc __complete` (complete.hpp).
#pragma once

#include <string>
#include <string_view>

namespace mtc::cli {

/// The script for "bash", "zsh" or "fish"; empty for another shell.
std::string completion_script(std::string_view shell);

}  // namespace mtc::cli
