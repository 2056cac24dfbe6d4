// SPDX-License-Identifier: Apache-2.0
//
// Reading a timings folder: timings.npy and timings.json (docs/architecture.md, "Folders").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::bench {

struct Timings {
  std::vector<std::int64_t> durations_ns;  ///< Of every run, in the order in which they ran; at least one.
  std::int64_t batch = 1;                  ///< Samples a run.
  std::int64_t threads = 1;
  std::int64_t warmup_runs = 0;
  std::int64_t artifact_bytes = 0;
  std::string cpu_model;
  std::string cpu_flags;  ///< Separated by spaces.
};

/// Reads `folder`. Errors: not_found; data_loss when a file is damaged, there are no runs, or a run ends
/// before it starts.
Result<Timings> load_timings(const std::string& folder);

}  // namespace mtc::bench
