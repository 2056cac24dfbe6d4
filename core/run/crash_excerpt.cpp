// SPDX-License-Identifier: Apache-2.0
#include "core/run/crash_excerpt.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/base/text.hpp"

namespace mtc::run {
namespace {

constexpr std::string_view kCrashLine = "mtc-worker: crashed: ";  // As cli/worker/crash.cpp writes it.
constexpr std::ptrdiff_t kLastLines = 20;
constexpr std::ptrdiff_t kLinesBefore = 6;
constexpr std::ptrdiff_t kLinesOfCrash = 14;  // The signal, "backtrace:" and the top frames.

}  // namespace

std::string crash_excerpt(std::string_view log) {
  const auto lines = split(trim(log), '\n');
  const auto total = std::ssize(lines);
  const auto crash = std::ranges::find_if(
      lines, [](const std::string& line) { return line.find(kCrashLine) != std::string::npos; });
  const auto at = crash - lines.begin();
  const bool found = crash != lines.end();
  const auto first = std::max<std::ptrdiff_t>(0, found ? at - kLinesBefore : total - kLastLines);
  const auto end = found ? std::min(total, at + kLinesOfCrash) : total;
  std::string text = join({lines.begin() + first, lines.begin() + end}, "\n");
  if (end < total) text += fmt::format("\n… {} more lines in the log", total - end);
  return text;
}

}  // namespace mtc::run
