// SPDX-License-Identifier: Apache-2.0
//
// The Pareto front of a run: what no other result beats in accuracy, speed and size at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mtc::cli {

/// What is compared.
struct Merits {
  double top1 = 0;            ///< Higher is better.
  double latency_p50_ms = 0;  ///< Lower is better.
  double bytes = 0;           ///< Lower is better.
};

/// The merits among `metrics`, which have these names there; nullopt unless all three are there and finite.
std::optional<Merits> merits_of(const std::map<std::string, double>& metrics);

/// For each result whether it is on the front: no other one is at least as good in every merit and better in
/// one. A result without merits is not, and with fewer than two that have them none is.
std::vector<bool> pareto_front(const std::vector<std::optional<Merits>>& results);

}  // namespace mtc::cli
