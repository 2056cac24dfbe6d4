// SPDX-License-Identifier: Apache-2.0
//
// Reading a timings folder: timings.json, timings.npy and timings_compare.npy (docs/architecture.md,
// "Folders").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::bench {

/// The same artifact without a setting that costs speed, measured side by side.
struct ComparedTimings {
  std::vector<std::int64_t> durations_ns;  ///< At least one.
  std::string summary;                     ///< Of the setting: "exact integers".
  std::string params;                      ///< JSON of the run parameters that differ.
  std::vector<std::string> cpu_has;        ///< CPU flags on which the cost depends.
  std::vector<std::string> cpu_lacks;
};

struct Timings {
  std::vector<std::int64_t> durations_ns;  ///< Of every run, in the order in which they ran; at least one.
  std::int64_t batch = 1;                  ///< Samples a run.
  std::int64_t threads = 1;
  std::int64_t warmup_runs = 0;
  std::int64_t artifact_bytes = 0;
  std::string cpu_model;
  std::string cpu_flags;  ///< Separated by spaces.
  std::optional<ComparedTimings> compare;
};

/// Reads `folder`. Errors: not_found; data_loss when a file is damaged, there are no runs, or a run ends
/// before it starts.
Result<Timings> load_timings(const std::string& folder);

}  // namespace mtc::bench
