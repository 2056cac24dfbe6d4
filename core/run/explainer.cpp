// SPDX-License-Identifier: Apache-2.0
#include "core/run/explainer.hpp"

#include "core/pipeline/document_diff.hpp"

namespace mtc::run {
namespace {

using Type = pipeline::Reason::Type;

constexpr std::int64_t kClockMs = 1;  ///< By which a time in whole milliseconds may be late.

pipeline::Reasons one(Type type) { return {{type, {}, {}, {}}}; }

}  // namespace

ActionName name_of(const pipeline::Plan& plan, std::size_t action) {
  const auto& wanted = plan.actions[action];
  const auto& variant = plan.variants[wanted.variant];
  ActionName name{variant.name(), wanted.kind, wanted.name, 0, 0};
  for (const auto other : variant.actions) {
    if (other == action) break;
    if (plan.actions[other].kind != wanted.kind) continue;
    ++name.ordinal;
    if (plan.actions[other].name == wanted.name) ++name.index;
  }
  return name;
}

std::optional<pipeline::Reasons> reasons_against(const PastAction& past, std::string_view document,
                                                 const Digest& key, store::Store& store) {
  if (past.key == key) {
    if (past.status == "failed") return one(Type::failed);
    // What was damaged before that run ended was made again in it, and has gone in another way since.
    const auto quarantined = store.quarantined_unix_ms(key);
    const bool since = quarantined && *quarantined + kClockMs >= past.ended_unix_ms;
    return one(since ? Type::corrupt : Type::evicted);
  }
  const auto then = store.document(past.key);
  if (!then || !*then) return std::nullopt;
  auto reasons = pipeline::diff_documents(**then, document);
  // Such as other lines of another mtc, in the same schema.
  if (reasons.empty() && is_digest(key)) reasons.push_back({Type::schema, "document", {}, {}});
  return reasons;
}

Explanation Explainer::explain(const ActionName& name, std::string_view document, const Digest& key) {
  Explanation explanation;
  explanation.reasons = one(Type::first_run);
  history_.visit([&](const PastRun& run) {
    const auto* past = run.find(name.variant, name.kind, name.name, name.index, name.ordinal);
    if (past == nullptr) return true;
    auto reasons = reasons_against(*past, document, key, store_);
    if (!reasons) {
      explanation.reasons = one(Type::document_gone);
      return true;
    }
    explanation = {*std::move(reasons), run.id, past->key};
    return false;
  });
  return explanation;
}

}  // namespace mtc::run
