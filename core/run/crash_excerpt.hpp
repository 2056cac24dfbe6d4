// SPDX-License-Identifier: Apache-2.0
//
// What a crash report quotes of an action's log.
#pragma once

#include <string>
#include <string_view>

namespace mtc::run {

/// The lines of `log` that say how the worker died. Where its crash handler has spoken: a few lines before,
/// the line with the signal, and the top frames of the backtrace, however long that is; else the last lines.
/// Left-out frames are counted. Empty for an empty log.
std::string crash_excerpt(std::string_view log);

}  // namespace mtc::run
