// SPDX-License-Identifier: Apache-2.0
//
// Runs tasks that need each other side by side, as far as their resources allow.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <vector>

#include "core/run/jobserver.hpp"
#include "core/run/resources.hpp"

namespace mtc::run {

struct Task {
  std::set<std::size_t> needs;  ///< Indices of tasks that must have ended well; all smaller than its own.
  Demand demand;
};

/// What the end of a task means for the others.
enum class Ended {
  well,   ///< What needs it may start.
  badly,  ///< What needs it is left out, the rest goes on.
  stop,   ///< Nothing more is started.
};

struct Tasks {
  std::vector<Task> tasks;
  /// Runs task `index`, on one of the scheduler's threads. They live until the last task has ended, so that a
  /// child's parent-death signal cannot fire too early.
  std::function<Ended(std::size_t index)> run;
  /// Told for each task that will not run; never at the same time as another call of itself.
  std::function<void(std::size_t index)> left_out;
};

/// Runs all of `tasks`; the lowest index that can start goes first. Returns when each has ended or was left
/// out. `jobserver` holds as many slots as `capacity.cpu`; a task takes as many as its demand while it runs.
void run_tasks(const Tasks& tasks, Capacity capacity, Jobserver& jobserver);

}  // namespace mtc::run
