// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/choice.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace mtc::cli {
namespace {

/// Whether `a` is to be preferred to `b`: what was looked at longer had been among the best before.
bool better(const Score& a, const Score& b) {
  return a.samples != b.samples ? a.samples > b.samples : a.top1 > b.top1;
}

/// Whether the 95 % interval of the difference of two accuracies leaves 0 out, by Newcombe's method 10 (1998)
/// from the Wilson intervals of both. On the same samples, as here, it errs on the side of doubt.
bool clearly_better(const Score& a, const Score& b) {
  return a.top1 - b.top1 > std::hypot(a.top1 - a.low, b.high - b.top1);
}

}  // namespace

std::string Score::text() const {
  if (!failure.empty()) return "failed: " + failure;
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", top1 * 100, low * 100, high * 100);
}

std::size_t best_of(const std::vector<Score>& scores) {
  std::size_t best = scores.size();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!scores[i].failure.empty()) continue;
    if (best == scores.size() || better(scores[i], scores[best])) best = i;
  }
  return best;
}

std::vector<std::size_t> finalists(const std::vector<Score>& scores, std::size_t best, std::size_t most) {
  std::vector<std::size_t> near{best};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool equal_terms = scores[i].failure.empty() && scores[i].samples == scores[best].samples;
    if (i != best && equal_terms && !clearly_better(scores[best], scores[i])) near.push_back(i);
  }
  std::stable_sort(near.begin() + 1, near.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a].top1 > scores[b].top1; });
  if (near.size() > most) near.resize(most);
  return near;
}

std::vector<std::string> doubts(const std::vector<Score>& scores, std::size_t best, std::int64_t classes) {
  std::vector<std::string> found;
  const auto& chosen = scores[best];
  const double chance = 1.0 / static_cast<double>(classes);
  if (chosen.low <= chance) {
    found.push_back(
        fmt::format("the best preprocessing found ({}) is near chance: {} where guessing gives {:.1f} %; the "
                    "labels, or a "
                    "preprocessing that was not tried, may be the reason",
                    chosen.way.text(), chosen.text(), chance * 100));
  }
  const auto near = finalists(scores, best, 2);
  if (near.size() == 2) {
    const auto& next = scores[near[1]];
    found.push_back(
        fmt::format("{} ({}) is not clearly better than {} ({}) on {} samples: more --samples tell more",
                    chosen.way.text(), chosen.text(), next.way.text(), next.text(), chosen.samples));
  }
  return found;
}

}  // namespace mtc::cli
