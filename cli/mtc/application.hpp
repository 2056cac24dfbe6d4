// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mtc::cli {

/// Runs the command line `arguments` (without the program's name) and returns the exit code.
int run_application(const std::vector<std::string>& arguments);

}  // namespace mtc::cli
