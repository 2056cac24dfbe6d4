// SPDX-License-Identifier: Apache-2.0
//
// How long actions will take, from how long they took.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/run/explainer.hpp"
#include "core/run/history.hpp"

namespace mtc::run {

/// Reads the history at the first question.
class Estimator {
 public:
  /// `history` outlives this object.
  explicit Estimator(History& history) : history_(history) {}

  /// Seconds that a worker will need for the action `key` (empty: not known yet): what the same action took;
  /// else the median of the last five different actions of that kind and name in the same variant of the
  /// pipeline, else in any variant of the stage; nullopt when there was none. Failed attempts do not count.
  std::optional<double> seconds(const ActionName& name, const Digest& key);

 private:
  /// The newest times of different actions.
  struct Samples {
    std::vector<double> seconds;
    std::set<Digest> keys;
    void add(const PastAction& action);
    [[nodiscard]] std::optional<double> median() const;
  };
  using Kind = std::tuple<std::string, std::string, std::string>;  ///< Variant or stage, kind, name.

  void read();

  History& history_;
  bool read_ = false;
  std::map<Digest, double> by_key_;
  std::map<Kind, Samples> by_variant_;
  std::map<Kind, Samples> by_stage_;
};

}  // namespace mtc::run
