// SPDX-License-Identifier: Apache-2.0
//
// The machine that a measurement was made on.
#pragma once

#include <string>
#include <vector>

namespace mtc::host {

struct Machine {
  std::string cpu_model;  ///< "model name" of /proc/cpuinfo; the machine's architecture where it has none.
  std::vector<std::string> cpu_flags;  ///< "flags" or "Features".
};

/// From the text of /proc/cpuinfo.
Machine parse_cpuinfo(const std::string& text);

/// This machine.
Machine this_machine();

}  // namespace mtc::host
