// SPDX-License-Identifier: Apache-2.0
//
// The learning rate of each step.
#pragma once

#include <cstddef>

namespace mtc::train {

struct Schedule {
  double peak = 0.05;
  std::size_t warmup_steps = 0;
  std::size_t total_steps = 1;
  bool cosine = true;  ///< Else constant after the warm-up.
};

/// Learning rate of `step` (0-based): peak·(step + 1)/warmup_steps while warming up, then peak·(1 +
/// cos(π·t))/2 with t from 0 to 1 over the remaining steps, or peak. Source: Loshchilov and Hutter 2017,
/// arXiv:1608.03983, equation 5, without restarts; warm-up as Goyal et al. 2017, arXiv:1706.02677,
/// section 2.2.
double learning_rate(const Schedule& schedule, std::size_t step);

}  // namespace mtc::train
