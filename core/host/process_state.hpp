// SPDX-License-Identifier: Apache-2.0
//
// What a library can change behind the back of the process that loads it: floating-point control (a library
// built with -Ofast flushes denormals at load), locale, working folder, signal handlers.
#pragma once

#include <csignal>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/fd.hpp"

namespace mtc::host {

/// Rounding, denormal and exception-mask bits of this thread (x86-64: MXCSR, aarch64: FPCR; without the
/// sticky flags).
std::uint64_t floating_point_control();
/// Sets them.
void set_floating_point_control(std::uint64_t control);

class ProcessState {
 public:
  /// The state now, of the calling thread and the process.
  static ProcessState capture();

  /// Puts back what differs from the captured state and names it: "floating-point control", "locale",
  /// "working folder", "handler of SIGINT". Empty when nothing changed.
  [[nodiscard]] std::vector<std::string> restore() const;

 private:
  std::uint64_t control_ = 0;
  std::string locale_;
  std::string folder_path_;
  Fd folder_;
  std::map<int, struct sigaction> handlers_;
};

}  // namespace mtc::host
