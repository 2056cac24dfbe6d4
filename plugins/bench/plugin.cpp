// SPDX-License-Identifier: Apache-2.0
//
// The stage bench.latency: time stamps in, percentiles out. The host has measured them (action `measure`).
#include "mtc/plugin.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include "plugins/bench/latency.hpp"
#include "plugins/bench/report.hpp"
#include "plugins/bench/timings.hpp"

namespace mtc::bench {
namespace {

void warn_when_unstable(const sdk::Host& host, const Latency& latency) {
  if (!latency.unstable()) return;
  char text[160];
  std::snprintf(text, sizeof text,
                "run times vary by %.0f %% (standard deviation / mean): other work on the machine? Trust "
                "latency_min_ms and latency_p50_ms more than the mean",
                100 * latency.variation);
  host.warning(text);
}

Result<void> run(sdk::Host& host, std::string_view stage) {
  if (stage != "bench.latency") {
    return Error{
        Code::unimplemented, "no stage '" + std::string(stage) + "'", "plugin bench", {}, false, true};
  }
  MTC_ASSIGN(const std::string folder, host.input("timings"));
  MTC_ASSIGN(const Timings timings, load_timings(folder));
  const Latency latency = summarize(timings.durations_ns, timings.batch);
  warn_when_unstable(host, latency);
  for (const auto& [name, value] : metrics_of(latency, timings)) MTC_TRY(host.metric(name, value));
  MTC_ASSIGN(const std::string path, host.output("report"));
  return write_report(path, report_text(latency, timings));
}

}  // namespace
}  // namespace mtc::bench

MTC_STAGE_PLUGIN(mtc::bench::run)
