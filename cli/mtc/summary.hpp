// SPDX-License-Identifier: Apache-2.0
//
// The table at the end of a run: one row for each thing that was evaluated or measured.
#pragma once

#include <string>

#include "core/base/json.hpp"
#include "core/pipeline/plan.hpp"
#include "core/run/report.hpp"

namespace mtc::cli {

/// Whether a quantize stage stands between the source and the user's model.
bool comes_from_quantize(const pipeline::Plan& plan, const pipeline::Source& source);

/// Per artifact (or model): target, top-1 with its interval, change against the baseline, size, latency p50,
/// its speed against the float artifact of the same target, whether it is on the Pareto front (pareto.hpp; a
/// column that is there where two can be compared), and where it lies; then a line for each that is slower
/// than float, saying why. Empty when nothing was evaluated or measured.
std::string summary_table(const run::RunReport& report, const pipeline::Plan& plan);

/// The same comparison for --json: {"better": {METRIC: "higher" | "lower"}, "rows": [{what, target, metrics,
/// front}]} of the rows that have all the metrics; null where fewer than two have them.
Json pareto_json(const run::RunReport& report, const pipeline::Plan& plan);

}  // namespace mtc::cli
