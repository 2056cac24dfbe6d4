// SPDX-License-Identifier: Apache-2.0
//
// The table at the end of a run: one row for each thing that was evaluated or measured.
#pragma once

#include <string>

#include "core/pipeline/plan.hpp"
#include "core/run/report.hpp"

namespace mtc::cli {

/// Per artifact (or model): target, top-1 with its interval, change against the baseline, size, latency p50,
/// its speed against the float artifact of the same target, and where it lies; then a line for each that is
/// slower than float, saying why. Empty when nothing was evaluated or measured.
std::string summary_table(const run::RunReport& report, const pipeline::Plan& plan);

}  // namespace mtc::cli
