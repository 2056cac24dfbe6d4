// SPDX-License-Identifier: Apache-2.0
//
// What stderr is: a terminal, its size, and whether it takes colours.
#pragma once

namespace mtc::cli {

/// Whether people watch stderr on a terminal that can move its cursor (TERM is not dumb).
bool stderr_is_live();

/// Colours: never with NO_COLOR, always with CLICOLOR_FORCE (other than 0), else on a live terminal.
bool stderr_has_colour();

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

/// The size now: COLUMNS where it is set, else what the terminal says, else 80 × 24.
TerminalSize stderr_size();

}  // namespace mtc::cli
