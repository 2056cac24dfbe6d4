// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <limits>
#include <string_view>

#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

std::string_view setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

bool stderr_is_live() { return isatty(STDERR_FILENO) == 1 && setting("TERM") != "dumb"; }

bool stderr_has_colour() {
  if (!setting("NO_COLOR").empty()) return false;
  const auto force = setting("CLICOLOR_FORCE");
  return (!force.empty() && force != "0") || stderr_is_live();
}

TerminalSize stderr_size() {
  TerminalSize size;
  winsize window{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0) {
    if (window.ws_col > 0) size.columns = window.ws_col;
    if (window.ws_row > 0) size.rows = window.ws_row;
  }
  const auto columns = parse_integer(setting("COLUMNS"));
  if (columns && *columns > 0 && *columns < std::numeric_limits<int>::max())
    size.columns = static_cast<int>(*columns);
  return size;
}

}  // namespace mtc::cli
