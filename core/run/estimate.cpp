// SPDX-License-Identifier: Apache-2.0
#include "core/run/estimate.hpp"

#include <algorithm>

namespace mtc::run {
namespace {

constexpr std::size_t kSamples = 5;

std::string stage_of(const std::string& variant) { return variant.substr(0, variant.find('[')); }

}  // namespace

void Estimator::Samples::add(const PastAction& action) {
  if (seconds.size() < kSamples && keys.insert(action.key).second) seconds.push_back(action.seconds);
}

std::optional<double> Estimator::Samples::median() const {
  if (seconds.empty()) return std::nullopt;
  auto sorted = seconds;
  std::ranges::sort(sorted);
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

void Estimator::read() {
  if (read_) return;
  read_ = true;
  history_.visit([this](const PastRun& run) {
    for (const auto& past : run.actions()) {
      if (past.status == "failed") continue;
      by_key_.emplace(past.key, past.seconds);
      by_variant_[{past.variant, past.kind, past.name}].add(past);
      by_stage_[{stage_of(past.variant), past.kind, past.name}].add(past);
    }
    return true;
  });
}

std::optional<double> Estimator::seconds(const ActionName& name, const Digest& key) {
  read();
  if (const auto same = by_key_.find(key); same != by_key_.end()) return same->second;
  const auto variant = by_variant_.find({name.variant, name.kind, name.name});
  if (variant != by_variant_.end()) return variant->second.median();
  const auto stage = by_stage_.find({stage_of(name.variant), name.kind, name.name});
  return stage == by_stage_.end() ? std::nullopt : stage->second.median();
}

}  // namespace mtc::run
