// SPDX-License-Identifier: Apache-2.0
#include "core/run/history.hpp"

#include <algorithm>

namespace mtc::run {

void History::visit(const std::function<bool(const PastRun&)>& visit) {
  for (std::size_t i = 0;; ++i) {
    const PastRun* run = at(i);
    if (run == nullptr || !visit(*run)) return;
  }
}

const PastRun* History::at(std::size_t index) {
  const std::lock_guard guard(mutex_);
  if (!listed_) {
    listed_ = true;
    // A store whose runs cannot be listed has no history.
    if (auto ids = store_.runs()) ids_ = *std::move(ids);
    if (!before_.empty()) std::erase_if(ids_, [this](const std::string& id) { return id >= before_; });
    if (ids_.size() > kMostRuns) ids_.resize(kMostRuns);
    std::ranges::reverse(ids_);
  }
  while (runs_.size() <= index && !ids_.empty() && runs_.size() < kMostOfPipeline) {
    const auto folder = store_.run_folder(ids_.back());
    ids_.pop_back();
    const auto identity = read_identity(folder);
    if (!identity || !identity->same(pipeline_)) continue;
    if (auto run = read_run(folder)) runs_.push_back(*std::move(run));
  }
  return index < runs_.size() ? &runs_[index] : nullptr;
}

}  // namespace mtc::run
