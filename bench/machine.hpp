// SPDX-License-Identifier: Apache-2.0
//
// What a number was measured on.
#pragma once

#include <string>

namespace mtc::bench {

/// Lines "name: value" with the CPU's model, its vector extensions, cores, memory, kernel and load average.
std::string describe_machine();

}  // namespace mtc::bench
