// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mtc::train {

double learning_rate(const Schedule& schedule, std::size_t step) {
  if (step < schedule.warmup_steps) {
    return schedule.peak * static_cast<double>(step + 1) / static_cast<double>(schedule.warmup_steps);
  }
  if (!schedule.cosine) return schedule.peak;
  const auto past = static_cast<double>(step - schedule.warmup_steps);
  const auto remaining = static_cast<double>(
      schedule.total_steps > schedule.warmup_steps ? schedule.total_steps - schedule.warmup_steps : 1);
  return schedule.peak * 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(past / remaining, 1.0)));
}

}  // namespace mtc::train
