// SPDX-License-Identifier: Apache-2.0
//
// One attempt of one action in a worker process: start, listen, stop, and say how it ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// A wish to stop: `descriptor` becomes readable when it is uttered (a self-pipe that a signal handler writes
/// to).
struct StopSignal {
  int descriptor = -1;
  /// Whether it was uttered by now.
  [[nodiscard]] bool uttered() const;
};

/// What an action that the user stopped ends with.
Error interrupted();

struct WorkerOptions {
  std::filesystem::path program;  ///< mtc-worker
  std::filesystem::path log;      ///< stdout, stderr and log lines of the worker.
  StopSignal stop;
  double timeout_s = 0;            ///< Wall time of the attempt; 0 = none.
  double stall_timeout_s = 0;      ///< Time without a frame; 0 = none.
  std::uint64_t memory_bytes = 0;  ///< Resident memory of the worker and all below it; 0 = no limit.
  std::vector<std::pair<int, int>>
      descriptors;  ///< More to inherit: {ours, number in the worker}, from 4 on.
  std::vector<std::pair<std::string, std::string>> environment;  ///< Added to this process's.
  std::function<void(int pid)> on_start;
  std::function<void(const Json& frame)> on_frame;  ///< progress, log and checkpoint frames.
};

struct WorkerOutcome {
  enum class End { done, error, crash, timeout, over_memory, stopped };
  End end = End::done;
  Error error;  ///< What happened, unless done.
  std::map<std::string, double> metrics;
  double seconds = 0;
};

/// Runs `spec` (docs/architecture.md) and returns when no process of the attempt is left.
/// Errors: only what kept the worker from starting.
Result<WorkerOutcome> run_worker(const Json& spec, const WorkerOptions& options);

}  // namespace mtc::run
