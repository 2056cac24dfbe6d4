// SPDX-License-Identifier: Apache-2.0
#include "core/host/process_state.hpp"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <clocale>
#include <filesystem>
#include <system_error>

#if defined(__x86_64__)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

namespace mtc::host {
namespace {

std::string current_folder() {
  std::error_code error;  // an unreachable folder compares as "", which is what it is
  return std::filesystem::current_path(error).string();
}

std::string current_locale() {
  const char* name = std::setlocale(LC_ALL, nullptr);
  return name == nullptr ? std::string() : std::string(name);
}

bool same_handler(const struct sigaction& a, const struct sigaction& b) {
  // What the C library adds by itself whenever it sets a handler (SA_RESTORER, not in its headers).
  constexpr unsigned kRestorer = 0x04000000U;
  const unsigned differ = static_cast<unsigned>(a.sa_flags) ^ static_cast<unsigned>(b.sa_flags);
  return a.sa_handler == b.sa_handler && (differ & ~kRestorer) == 0;
}

}  // namespace

#if defined(__x86_64__)
std::uint64_t floating_point_control() { return _mm_getcsr() & ~0x3FU; }
void set_floating_point_control(std::uint64_t control) {
  _mm_setcsr(static_cast<unsigned>(control) | (_mm_getcsr() & 0x3FU));
}
#elif defined(__aarch64__)
std::uint64_t floating_point_control() {
  std::uint64_t control = 0;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
void set_floating_point_control(std::uint64_t control) { asm volatile("msr fpcr, %0" : : "r"(control)); }
#else
std::uint64_t floating_point_control() { return static_cast<std::uint64_t>(std::fegetround()); }
void set_floating_point_control(std::uint64_t control) { std::fesetround(static_cast<int>(control)); }
#endif

ProcessState ProcessState::capture() {
  ProcessState state;
  state.control_ = floating_point_control();
  state.locale_ = current_locale();
  state.folder_path_ = current_folder();
  state.folder_.reset(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) == 0) state.handlers_.emplace(number, action);
  }
  return state;
}

std::vector<std::string> ProcessState::restore() const {
  std::vector<std::string> changed;
  if (floating_point_control() != control_) {
    set_floating_point_control(control_);
    changed.emplace_back("floating-point control");
  }
  if (current_locale() != locale_) {
    std::setlocale(LC_ALL, locale_.c_str());
    changed.emplace_back("locale");
  }
  if (current_folder() != folder_path_) {
    const bool back = folder_ && ::fchdir(folder_.get()) == 0;
    changed.emplace_back(back ? "working folder" : "working folder (and it cannot be put back)");
  }
  for (const auto& [number, handler] : handlers_) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) != 0 || same_handler(now, handler)) continue;
    ::sigaction(number, &handler, nullptr);
    const char* name = ::sigabbrev_np(number);
    changed.push_back("handler of " +
                      (name == nullptr ? "signal " + std::to_string(number) : "SIG" + std::string(name)));
  }
  return changed;
}

}  // namespace mtc::host
