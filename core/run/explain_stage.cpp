// SPDX-License-Identifier: Apache-2.0
#include "core/run/explain_stage.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "core/base/text.hpp"

namespace mtc::run {
namespace {

using Type = pipeline::Reason::Type;

/// Reasons that a comparison of documents cannot find.
bool stands_by_itself(const pipeline::Reason& reason) {
  static constexpr std::array kTypes = {Type::hit,     Type::forced, Type::measurement, Type::evicted,
                                        Type::corrupt, Type::failed, Type::upstream};
  return std::ranges::find(kTypes, reason.type) != kTypes.end();
}

/// As ActionName has it.
struct Rank {
  std::size_t index = 0;
  std::size_t ordinal = 0;
};

class StageExplainer {
 public:
  StageExplainer(const Comparand* against, store::Store& store, const DocumentOf& document_of)
      : against_(against), store_(store), document_of_(document_of) {}

  /// `document`: as far as it is known.
  void explain(ExplainedAction& action, const std::string& document, Rank rank) const {
    if (against_ != nullptr) compare(action, document, rank);
    if (action.why.against_key.empty()) return;
    const auto then = document_of_(action.why.against_key);
    if (then && !document.empty()) action.diff = pipeline::diff_lines(*then, document);
  }

 private:
  void compare(ExplainedAction& action, const std::string& document, Rank rank) const {
    auto own = std::exchange(action.why, {}).reasons;
    std::erase_if(own, [](const auto& reason) { return !stands_by_itself(reason); });
    const auto* past = against_->run.find(action.variant, action.kind, action.name, rank.index, rank.ordinal);
    action.why.reasons = own;
    if (past == nullptr) {
      if (own.empty()) action.why.reasons = {{Type::first_run, {}, {}, {}}};
      return;
    }
    action.why.against = against_->run.id;
    action.why.against_key = past->key;
    if (past->key == action.key && !own.empty()) return;
    for (const auto& reason : differences(*past, action, document)) action.why.reasons.push_back(reason);
  }

  [[nodiscard]] pipeline::Reasons differences(const PastAction& past, const ExplainedAction& action,
                                              const std::string& document) const {
    if (past.key == action.key) {
      if (against_->elsewhere) return {{Type::first_run, {}, {}, {}}};  // The store never had it.
      return *reasons_against(past, document, action.key, store_);
    }
    const auto then = document_of_(past.key);
    if (!then || document.empty()) return {{Type::document_gone, {}, {}, {}}};
    return pipeline::diff_documents(*then, document);
  }

  const Comparand* against_;
  store::Store& store_;
  const DocumentOf& document_of_;
};

/// Counts the actions of a run as they come.
class Counter {
 public:
  Rank next(const ExplainedAction& action) {
    return {counts_[{action.variant, action.kind, action.name}]++, kinds_[{action.variant, action.kind}]++};
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> counts_;
  std::map<std::pair<std::string, std::string>, std::size_t> kinds_;
};

}  // namespace

Result<Comparand> find_run(const std::string& text, store::Store& store) {
  MTC_ASSIGN(const auto ids, store.runs());
  if (std::ranges::find(ids, text) != ids.end()) {
    MTC_ASSIGN(auto run, read_run(store.run_folder(text)));
    return Comparand{std::move(run), false};
  }
  std::error_code error;
  if (std::filesystem::exists(text, error)) {
    MTC_ASSIGN(auto run, read_run(text));
    const bool here = std::ranges::find(ids, run.id) != ids.end();
    return Comparand{std::move(run), !here};
  }
  const auto similar = did_you_mean(text, ids);
  return Error{Code::not_found, "there is no run '" + text + "'", store.root().string(),
               similar.empty()
                   ? "give the run_id that mtc run --json prints, or the path of a run of another machine"
                   : similar};
}

bool is_meant(const std::string& variant, const std::string& wanted) {
  return variant == wanted || variant.starts_with(wanted + "[");
}

std::vector<ExplainedAction> explain_past(const PastRun& run, const std::string& stage,
                                          const Comparand* against, store::Store& store,
                                          const DocumentOf& document_of) {
  const StageExplainer explainer(against, store, document_of);
  Counter counter;
  std::map<std::string, std::optional<PastRun>>
      earlier;  // Those that runs were compared with, each read once.
  const auto run_called = [&](const std::string& id) -> const PastRun* {
    const auto [place, is_new] = earlier.try_emplace(id);
    if (is_new) {
      if (auto other = read_run(store.run_folder(id))) place->second = *std::move(other);
    }
    return place->second ? &*place->second : nullptr;
  };
  std::vector<ExplainedAction> explained;
  for (const auto& past : run.actions()) {
    if (!is_meant(past.variant, stage)) continue;
    ExplainedAction action{past.variant,           past.kind, past.name, past.status, past.key,
                           {past.reasons, {}, {}}, {}};
    const auto rank = counter.next(action);
    if (against == nullptr && !past.against.empty()) {
      const auto* other = run_called(past.against);
      const auto* then = other == nullptr
                             ? nullptr
                             : other->find(past.variant, past.kind, past.name, rank.index, rank.ordinal);
      if (then != nullptr) action.why = {past.reasons, past.against, then->key};
    }
    explainer.explain(action, document_of(past.key).value_or(""), rank);
    explained.push_back(std::move(action));
  }
  return explained;
}

std::vector<ExplainedAction> explain_planned(const pipeline::Plan& plan,
                                             const std::vector<PlannedStage>& planned,
                                             const std::string& stage, const Comparand* against,
                                             store::Store& store, const DocumentOf& document_of) {
  const StageExplainer explainer(against, store, document_of);
  std::vector<ExplainedAction> explained;
  for (const auto& variant : planned) {
    if (!is_meant(variant.name, stage)) continue;
    for (const auto& wanted : variant.actions) {
      const auto name = name_of(plan, wanted.action);
      ExplainedAction action{name.variant, name.kind, name.name, wanted.status, wanted.key, wanted.why, {}};
      explainer.explain(action, wanted.document, {name.index, name.ordinal});
      explained.push_back(std::move(action));
    }
  }
  return explained;
}

}  // namespace mtc::run
