// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/latency.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "plugins/bench/order_statistics.hpp"

namespace mtc::bench {

Latency summarize(std::span<const std::int64_t> durations_ns, std::int64_t batch) {
  std::vector<std::int64_t> sorted(durations_ns.begin(), durations_ns.end());
  std::sort(sorted.begin(), sorted.end());
  Latency latency;
  latency.runs = sorted.size();
  latency.min_ns = sorted.front();
  latency.max_ns = sorted.back();
  latency.p50_ns = percentile(sorted, 50);
  latency.p90_ns = percentile(sorted, 90);
  latency.p99_ns = percentile(sorted, 99);
  const auto n = static_cast<double>(sorted.size());
  double sum = 0;
  for (const auto duration : sorted) sum += static_cast<double>(duration);
  latency.mean_ns = sum / n;
  double squares = 0;
  for (const auto duration : sorted) {
    const double distance = static_cast<double>(duration) - latency.mean_ns;
    squares += distance * distance;
  }
  if (sorted.size() > 1) latency.deviation_ns = std::sqrt(squares / (n - 1));
  if (sum > 0) {
    latency.variation = latency.deviation_ns / latency.mean_ns;
    latency.throughput_per_s = static_cast<double>(batch) * 1e9 / latency.mean_ns;
  }
  if (const auto ranks = median_interval_ranks(sorted.size())) {
    latency.p50_interval = MedianInterval{sorted[ranks->low - 1], sorted[ranks->high - 1]};
  }
  return latency;
}

}  // namespace mtc::bench
