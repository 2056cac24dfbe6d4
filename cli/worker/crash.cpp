// SPDX-License-Identifier: Apache-2.0
#include "cli/worker/crash.hpp"

#include <execinfo.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/host/frame_sink.hpp"

namespace mtc::worker {
namespace {

constexpr std::array<int, 5> kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int kFrames = 64;

// A signal handler has no argument of its own: what it says of the action stands here, set once before any
// plugin code.
std::array<char, 512> crash_action{};
// Its stack: the plugin's may be what overflowed.
alignas(16) std::array<char, 128U << 10U> crash_stack{};

void write_text(std::string_view text) {
  // Nobody is left to tell when this write fails.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

void write_hex(std::uintptr_t value) {
  std::array<char, 2 + 2 * sizeof value> digits{'0', 'x'};
  for (std::size_t i = digits.size(); i-- > 2; value >>= 4U) digits[i] = "0123456789abcdef"[value & 0xFU];
  write_text({digits.data(), digits.size()});
}

void on_crash(int number, siginfo_t* info, void*) {
  const char* name = ::sigabbrev_np(number);
  write_text("mtc-worker: crashed: SIG");
  write_text(name == nullptr ? "?" : name);
  if (number != SIGABRT) {
    write_text(" at address ");
    write_hex(reinterpret_cast<std::uintptr_t>(info->si_addr));
  }
  write_text(" in ");
  write_text(crash_action.data());
  write_text("\nbacktrace:\n");
  std::array<void*, kFrames> frames{};
  const int count = ::backtrace(frames.data(), kFrames);
  ::backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
  ::signal(number, SIG_DFL);
  ::raise(number);
}

struct ExitReport {
  Channel* channel = nullptr;
  std::string action;
};

void on_process_exit(int status, void* raw) {
  const auto& report = *static_cast<const ExitReport*>(raw);
  if (report.channel->finished()) return;
  report.channel->send(host::error_frame(
      Error{Code::internal, "the plugin ended the process with exit(" + std::to_string(status) + ")",
            report.action, "a plugin returns an error code instead", false, true}));
  ::_exit(1);
}

}  // namespace

void report_crashes(const std::string& action) {
  action.copy(crash_action.data(), crash_action.size() - 1);
  std::array<void*, 1> first{};
  ::backtrace(first.data(), 1);  // loads libgcc now, not in the handler
  stack_t stack{};
  stack.ss_sp = crash_stack.data();
  stack.ss_size = crash_stack.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action_of_signal {};
  action_of_signal.sa_sigaction = on_crash;
  action_of_signal.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int number : kSignals) ::sigaction(number, &action_of_signal, nullptr);
}

void report_exit(Channel& channel, const std::string& action) {
  static const ExitReport report{&channel, action};
  // on_exit hands its argument on and never writes to it.
  ::on_exit(on_process_exit, const_cast<ExitReport*>(&report));  // NOLINT
}

}  // namespace mtc::worker
