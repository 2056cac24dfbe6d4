// SPDX-License-Identifier: Apache-2.0
//
// Earlier runs of one pipeline, from the runs of a store. Nothing is read before it is asked for, and of each
// run that is of another pipeline only its first line.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/run/past_run.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// Safe from any thread.
class History {
 public:
  /// How far it looks back: so many runs of the store, and so many of the pipeline among them.
  static constexpr std::size_t kMostRuns = 1000;
  static constexpr std::size_t kMostOfPipeline = 10;

  /// The runs of `pipeline` before the run `before` (empty: all). `store` outlives this object.
  History(store::Store& store, PipelineIdentity pipeline, std::string before = {})
      : store_(store), pipeline_(std::move(pipeline)), before_(std::move(before)) {}

  /// Calls `visit` with each run, the newest first, until it returns false. Runs that cannot be read are left
  /// out. Pointers into a run stay valid as long as this object.
  void visit(const std::function<bool(const PastRun&)>& visit);

  [[nodiscard]] const PipelineIdentity& pipeline() const { return pipeline_; }

 private:
  /// Run `index` of the pipeline; nullptr when there are no more.
  const PastRun* at(std::size_t index);

  store::Store& store_;
  PipelineIdentity pipeline_;
  std::string before_;
  std::mutex mutex_;
  bool listed_ = false;
  std::vector<std::string> ids_;  ///< The newest last.
  std::deque<PastRun> runs_;      ///< Those read; a deque, since others point into it.
};

}  // namespace mtc::run
