// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace mtc::cli {
namespace {

// A signal handler can reach nothing but globals; these are written here alone.
volatile std::sig_atomic_t arrived_signal = 0;
std::array<int, 2> self_pipe = {-1, -1};

void on_signal(int number) {
  if (arrived_signal != 0)
    _exit(128 + number);  // The kernel kills the workers with us (parent-death signal).
  arrived_signal = number;
  const char byte = 1;
  const auto written = write(self_pipe[1], &byte, 1);
  static_cast<void>(written);  // The pipe is empty before the first signal, so one byte always fits.
}

}  // namespace

int stop_descriptor() {
  if (self_pipe[0] >= 0) return self_pipe[0];
  if (pipe2(self_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return self_pipe[0];
}

int stop_signal_number() { return arrived_signal; }

}  // namespace mtc::cli
