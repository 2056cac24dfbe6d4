// SPDX-License-Identifier: Apache-2.0
//
// Runs a program and says what it cost.
#pragma once

#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::bench {

struct ProcessCost {
  double wall_ms = 0;
  double cpu_ms = 0;    ///< User and system time of the process itself and of children that it waited for.
  double peak_mib = 0;  ///< Largest resident set.
};

/// Runs `argv` (argv[0] is a path) with its output to /dev/null. Errors: internal when it cannot be started
/// or gives another exit code than 0.
Result<ProcessCost> run_process(const std::vector<std::string>& argv);

/// The value below which `share` (0..1) of `values` lie: nearest rank. `values` is not empty.
double quantile(std::vector<double> values, double share);

}  // namespace mtc::bench
