// SPDX-License-Identifier: Apache-2.0
//
// The last words of a worker whose plugin crashes or leaves without permission.
#pragma once

#include <string>

#include "cli/worker/channel.hpp"

namespace mtc::worker {

/// From here on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT write signal, address, `action` (plugin and
/// stage) and a backtrace to stderr, on a stack of their own, and then end the process by that signal. Call
/// once.
void report_crashes(const std::string& action);

/// From here on exit() before the channel has finished is reported as an error frame that names `action`, and
/// the process ends with 1. `channel` lives until the process ends. Call once.
void report_exit(Channel& channel, const std::string& action);

}  // namespace mtc::worker
