// SPDX-License-Identifier: Apache-2.0
//
// Runs that are killed at random instants, over and over on one store, and what must hold after each.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {

/// How many kills fell where.
struct KillCounts {
  int drivers = 0;    ///< SIGKILL of mtc.
  int workers = 0;    ///< SIGKILL of an mtc-worker.
  int in_flight = 0;  ///< Of both: an action was being worked at or committed.
  int writing = 0;    ///< Of both: its files lay half-written or uncommitted in the store's tmp/.
  int too_late = 0;   ///< The run was over before the kill.
  [[nodiscard]] int all() const { return drivers + workers; }
};

class KillStorm {
 public:
  explicit KillStorm(std::uint64_t seed);

  /// Kills one run of `pipeline`. Afterwards the store must be clean, the next run must complete, and its
  /// artifacts must be those of a run that nobody disturbed.
  void round(const std::string& pipeline);
  [[nodiscard]] const KillCounts& counts() const { return counts_; }
  /// An even number of 0 ≤ x < `end`.
  double below(double end) { return std::uniform_real_distribution<double>(0, end)(random_); }
  /// Lets gc reduce the store.
  void collect(const std::string& max_size);

 private:
  /// Runs `pipeline` in a store of its own; leaves its artifacts in `calm_` and its duration in `calm_ms_`.
  void run_calmly(const std::string& pipeline);
  void kill_driver(Running& running);
  void kill_worker(Running& running);

  std::mt19937_64 random_;
  Sandbox box_;
  Sandbox calm_;
  double calm_ms_ = 0;
  KillCounts counts_;
};

}  // namespace mtc::test
