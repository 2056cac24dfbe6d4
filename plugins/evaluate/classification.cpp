// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/classification.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace mtc::evaluate {
namespace {

constexpr std::size_t kTop = 5;
constexpr std::size_t kConfusions = 20;

Result<void> check_labels(const Scores& scores, std::span<const std::int64_t> labels) {
  if (labels.size() != scores.samples) {
    return Error{Code::invalid_argument,
                 "predictions for " + std::to_string(scores.samples) + " samples, but the dataset has " +
                     std::to_string(labels.size()),
                 "data", "give the dataset that the predictions were made from"};
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= static_cast<std::int64_t>(scores.classes)) {
      return Error{Code::out_of_range,
                   "sample " + std::to_string(i) + " has label " + std::to_string(labels[i]) +
                       ", but the model has classes 0.." + std::to_string(scores.classes - 1),
                   "data",
                   "check `labels`, and `label_offset` where the model counts its classes differently"};
    }
  }
  return {};
}

std::vector<Confusion> most_frequent(
    const std::map<std::pair<std::size_t, std::size_t>, std::uint64_t>& pairs) {
  std::vector<Confusion> list;
  for (const auto& [pair, samples] : pairs) list.push_back({pair.first, pair.second, samples});
  std::stable_sort(list.begin(), list.end(),
                   [](const Confusion& a, const Confusion& b) { return a.samples > b.samples; });
  if (list.size() > kConfusions) list.resize(kConfusions);
  return list;
}

Comparison compare(const Scores& scores, const Scores& baseline, std::span<const std::int64_t> labels,
                   double confidence) {
  Comparison result;
  std::uint64_t same = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    const Ranking mine = rank_row(scores.row(i), label);
    const Ranking other = rank_row(baseline.row(i), label);
    if (mine.valid && other.valid && mine.best == other.best) ++same;
    const bool mine_right = mine.valid && mine.rank == 0;
    const bool other_right = other.valid && other.rank == 0;
    ++(mine_right ? (other_right ? result.counts.both : result.counts.second)
                  : (other_right ? result.counts.first : result.counts.neither));
  }
  const auto n = static_cast<double>(labels.size());
  result.agreement = static_cast<double>(same) / n;
  result.agreement_interval = wilson_interval(same, labels.size(), confidence);
  result.drop = (static_cast<double>(result.counts.first) - static_cast<double>(result.counts.second)) / n;
  result.drop_interval = paired_difference_interval(result.counts, confidence);
  return result;
}

}  // namespace

Ranking rank_row(std::span<const float> scores, std::size_t label) {
  Ranking ranking;
  const float own = scores[label];
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (std::isnan(scores[c])) return {};
    if (scores[c] > scores[ranking.best]) {
      ranking.best = c;
      ranking.tied = false;
    } else if (c != ranking.best && scores[c] == scores[ranking.best]) {
      ranking.tied = true;
    }
    if (scores[c] > own || (scores[c] == own && c < label)) ++ranking.rank;
  }
  ranking.valid = true;
  return ranking;
}

Result<Classification> classify(const Scores& scores, std::span<const std::int64_t> labels,
                                const std::optional<Scores>& baseline, double confidence) {
  MTC_TRY(check_labels(scores, labels));
  Classification result;
  result.samples = scores.samples;
  result.classes = scores.classes;
  result.class_samples.resize(scores.classes);
  result.class_right.resize(scores.classes);
  std::uint64_t top5 = 0;
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> wrong;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    const Ranking ranking = rank_row(scores.row(i), label);
    ++result.class_samples[label];
    if (!ranking.valid) {
      ++result.nan_rows;
      continue;
    }
    if (ranking.tied) ++result.tied_rows;
    if (ranking.rank < kTop) ++top5;
    if (ranking.rank == 0) {
      ++result.top1;
      ++result.class_right[label];
    } else {
      ++wrong[{label, ranking.best}];
    }
  }
  if (scores.classes > kTop) result.top5 = top5;
  result.top1_interval = wilson_interval(result.top1, result.samples, confidence);
  result.confusions = most_frequent(wrong);
  if (baseline) result.comparison = compare(scores, *baseline, labels, confidence);
  return result;
}

bool near_chance(const Classification& result) {
  return result.top1_interval.low <= 1 / static_cast<double>(result.classes);
}

}  // namespace mtc::evaluate
