// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/pareto.hpp"

#include <algorithm>
#include <cmath>

namespace mtc::cli {
namespace {

bool beats(const Merits& a, const Merits& b) {
  const bool as_good = a.top1 >= b.top1 && a.latency_p50_ms <= b.latency_p50_ms && a.bytes <= b.bytes;
  return as_good && (a.top1 > b.top1 || a.latency_p50_ms < b.latency_p50_ms || a.bytes < b.bytes);
}

}  // namespace

std::optional<Merits> merits_of(const std::map<std::string, double>& metrics) {
  Merits merits;
  for (const auto& [name, value] :
       {std::pair("top1", &merits.top1), std::pair("latency_p50_ms", &merits.latency_p50_ms),
        std::pair("bytes", &merits.bytes)}) {
    const auto found = metrics.find(name);
    if (found == metrics.end() || !std::isfinite(found->second)) return std::nullopt;
    *value = found->second;
  }
  return merits;
}

std::vector<bool> pareto_front(const std::vector<std::optional<Merits>>& results) {
  std::vector<bool> front(results.size(), false);
  if (std::ranges::count_if(results, [](const auto& each) { return each.has_value(); }) < 2) return front;
  for (std::size_t i = 0; i < results.size(); ++i) {
    front[i] = results[i] && std::ranges::none_of(results, [&](const auto& other) {
                 return other && beats(*other, *results[i]);
               });
  }
  return front;
}

}  // namespace mtc::cli
