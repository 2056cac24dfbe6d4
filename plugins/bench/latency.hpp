// SPDX-License-Identifier: Apache-2.0
//
// What the durations of many runs say about latency.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mtc::bench {

/// Above this coefficient of variation the numbers depend on what else the machine does.
inline constexpr double kUnstableVariation = 0.10;

struct MedianInterval {
  std::int64_t low_ns = 0;
  std::int64_t high_ns = 0;
};

/// Percentiles are nearest-rank (order_statistics.hpp).
struct Latency {
  std::size_t runs = 0;
  std::int64_t min_ns = 0;
  std::int64_t p50_ns = 0;
  std::int64_t p90_ns = 0;
  std::int64_t p99_ns = 0;
  std::int64_t max_ns = 0;
  double mean_ns = 0;
  double deviation_ns = 0;                     ///< Sample standard deviation (n − 1); 0 for one run.
  double variation = 0;                        ///< deviation / mean; 0 where the mean is 0.
  double throughput_per_s = 0;                 ///< Samples in a second of run time; 0 where no time passed.
  std::optional<MedianInterval> p50_interval;  ///< 95 %, from 6 runs on.

  [[nodiscard]] bool unstable() const { return variation > kUnstableVariation; }
};

/// `durations_ns` is not empty and not negative; `batch` samples a run.
Latency summarize(std::span<const std::int64_t> durations_ns, std::int64_t batch);

}  // namespace mtc::bench
