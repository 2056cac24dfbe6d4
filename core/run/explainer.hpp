// SPDX-License-Identifier: Apache-2.0
//
// Why an action has no result: its document against that of an earlier run of the pipeline.
#pragma once

#include <string>

#include "core/pipeline/plan.hpp"
#include "core/run/history.hpp"
#include "core/store/store.hpp"

namespace mtc::run {

/// An action as runs know it again.
struct ActionName {
  std::string variant;
  std::string kind;
  std::string name;
  std::size_t index = 0;    ///< Among those of the variant with the same kind and name.
  std::size_t ordinal = 0;  ///< Among those of the variant with the same kind.
};

ActionName name_of(const pipeline::Plan& plan, std::size_t action);

struct Explanation {
  pipeline::Reasons reasons;
  std::string against;  ///< Id of the run that was compared with; empty: none.
  Digest against_key;   ///< Of the action in it.

  /// `against`, or null.
  [[nodiscard]] Json against_json() const { return against.empty() ? Json() : Json(against); }
};

/// Why the action `key`, whose document is `document`, is not in the store although `past` had one: what
/// differs in the documents; of the same document that it was removed, is damaged, or failed before. nullopt
/// when the earlier document is not to be had.
std::optional<pipeline::Reasons> reasons_against(const PastAction& past, std::string_view document,
                                                 const Digest& key, store::Store& store);

/// Safe from any thread.
class Explainer {
 public:
  /// Both outlive this object.
  Explainer(store::Store& store, History& history) : store_(store), history_(history) {}

  /// Compares an action that has no result with the newest run that had such an action and whose document is
  /// still there.
  Explanation explain(const ActionName& name, std::string_view document, const Digest& key);

 private:
  store::Store& store_;
  History& history_;
};

}  // namespace mtc::run
