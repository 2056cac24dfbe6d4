// SPDX-License-Identifier: Apache-2.0
//
// Metrics and JSON report of bench.latency.
#pragma once

#include <map>
#include <string>

#include "mtc/result.hpp"
#include "plugins/bench/latency.hpp"
#include "plugins/bench/timings.hpp"

namespace mtc::bench {

/// Metric name → value, in the unit that the name says; `bytes` is the size of the artifact.
std::map<std::string, double> metrics_of(const Latency& latency, const Timings& timings);

/// "mtc.bench.latency/1": the metrics, the interval of the median, the spread, and where it was measured.
std::string report_text(const Latency& latency, const Timings& timings);

/// Writes `text` to `path`. Errors: resource_exhausted.
Result<void> write_report(const std::string& path, const std::string& text);

}  // namespace mtc::bench
