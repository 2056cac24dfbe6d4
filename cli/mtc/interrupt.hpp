// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C and SIGTERM as a descriptor that becomes readable; a second one ends the process tree at once.
#pragma once

namespace mtc::cli {

/// Installs the handlers (once) and returns the descriptor.
int stop_descriptor();

/// The signal that arrived, or 0.
int stop_signal_number();

}  // namespace mtc::cli
