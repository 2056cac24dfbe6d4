// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/choice.hpp"

#include <fmt/format.h>

namespace mtc::cli {

std::string Score::text() const {
  if (!failure.empty()) return "failed: " + failure;
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", top1 * 100, low * 100, high * 100);
}

std::size_t best_of(const std::vector<Score>& scores) {
  std::size_t best = scores.size();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!scores[i].failure.empty()) continue;
    if (best == scores.size() || scores[i].top1 > scores[best].top1) best = i;
  }
  return best;
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
  std::size_t next = scores.size();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (i == best || !scores[i].failure.empty()) continue;
    if (next == scores.size() || scores[i].top1 > scores[next].top1) next = i;
  }
  if (next < scores.size() && scores[next].high >= chosen.low) {
    found.push_back(fmt::format("{} ({}) is not clearly better than {} ({}): more --samples tell more",
                                chosen.way.text(), chosen.text(), scores[next].way.text(),
                                scores[next].text()));
  }
  return found;
}

}  // namespace mtc::cli
