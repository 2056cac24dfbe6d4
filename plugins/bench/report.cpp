// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/report.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace mtc::bench {
namespace {

using Json = nlohmann::json;

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

Json interval_json(const std::optional<MedianInterval>& interval) {
  if (!interval) return nullptr;
  return {{"confidence", 0.95},
          {"low_ms", milliseconds(interval->low_ns)},
          {"high_ms", milliseconds(interval->high_ns)}};
}

Json compare_json(const ComparedTimings& timings) {
  const Latency latency = summarize(timings.durations_ns, 1);
  return {{"summary", timings.summary},
          {"params", Json::parse(timings.params)},
          {"p50_interval", interval_json(latency.p50_interval)},
          {"runs", latency.runs},
          {"variation", latency.variation},
          {"cpu_has", timings.cpu_has},
          {"cpu_lacks", timings.cpu_lacks}};
}

}  // namespace

std::map<std::string, double> metrics_of(const Latency& latency, const Timings& timings) {
  std::map<std::string, double> metrics = {{"latency_min_ms", milliseconds(latency.min_ns)},
                                           {"latency_p50_ms", milliseconds(latency.p50_ns)},
                                           {"latency_p90_ms", milliseconds(latency.p90_ns)},
                                           {"latency_p99_ms", milliseconds(latency.p99_ns)},
                                           {"latency_mean_ms", latency.mean_ns / 1e6},
                                           {"runs", static_cast<double>(latency.runs)},
                                           {"throughput_per_s", latency.throughput_per_s},
                                           {"bytes", static_cast<double>(timings.artifact_bytes)}};
  if (timings.compare) {
    const std::int64_t p50_ns = summarize(timings.compare->durations_ns, timings.batch).p50_ns;
    metrics["compare_p50_ms"] = milliseconds(p50_ns);
    if (p50_ns > 0)
      metrics["compare_cost"] = static_cast<double>(latency.p50_ns) / static_cast<double>(p50_ns);
  }
  return metrics;
}

std::string report_text(const Latency& latency, const Timings& timings) {
  Json report = {{"schema", "mtc.bench.latency/1"},
                 {"metrics", metrics_of(latency, timings)},
                 {"percentiles", "nearest-rank"},
                 {"latency_max_ms", milliseconds(latency.max_ns)},
                 {"p50_interval", interval_json(latency.p50_interval)},
                 {"deviation_ms", latency.deviation_ns / 1e6},
                 {"variation", latency.variation},
                 {"unstable", latency.unstable()},
                 {"batch", timings.batch},
                 {"threads", timings.threads},
                 {"warmup_runs", timings.warmup_runs},
                 {"cpu_model", timings.cpu_model},
                 {"cpu_flags", timings.cpu_flags}};
  if (timings.compare) report["compare"] = compare_json(*timings.compare);
  return report.dump(2) + "\n";
}

Result<void> write_report(const std::string& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.flush();
  if (!stream) return Error{Code::resource_exhausted, "cannot write the report", path, "check free space"};
  return {};
}

}  // namespace mtc::bench
