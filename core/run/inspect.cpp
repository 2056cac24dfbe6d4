// SPDX-License-Identifier: Apache-2.0
#include "core/run/inspect.hpp"

#include <algorithm>
#include <array>

#include "core/run/action_runner.hpp"
#include "core/run/estimate.hpp"
#include "core/run/needs.hpp"

namespace mtc::run {
namespace {

using Type = pipeline::Reason::Type;

/// The more work it means, the later.
std::size_t rank(const std::string& status) {
  static constexpr std::array kRanks = {"hit", "remote_hit", "unknown", "measure", "run"};
  return static_cast<std::size_t>(std::ranges::find(kRanks, status) - kRanks.begin());
}

class Inspector {
 public:
  Inspector(const pipeline::Plan& plan, store::Store& store, const RunOptions& options)
      : plan_(plan), actions_(plan, store, events_, options, {}, nullptr), options_(options) {}

  Result<PlannedStage> inspect(const pipeline::Variant& variant) {
    PlannedStage stage;
    stage.name = variant.name();
    stage.uses = variant.uses;
    stage.estimate_seconds = 0;
    for (const auto index : variant.actions) {
      MTC_ASSIGN(auto planned, look_up(index));
      if (planned.estimate_seconds && stage.estimate_seconds) {
        *stage.estimate_seconds += *planned.estimate_seconds;
      } else {
        stage.estimate_seconds.reset();
      }
      if (rank(planned.status) > rank(stage.status)) {
        stage.status = planned.status;
        stage.reasons.clear();
      }
      if (planned.status == stage.status) add_reasons(stage.reasons, planned.why.reasons);
      // That its later actions wait for its first ones says nothing.
      std::erase_if(stage.reasons, [&](const auto& reason) {
        return reason.type == Type::upstream && reason.subject == stage.name;
      });
      if (index == variant.main_action()) stage.key = planned.key;
      stage.actions.push_back(std::move(planned));
    }
    return stage;
  }

 private:
  static void add_reasons(pipeline::Reasons& all, const pipeline::Reasons& more) {
    for (const auto& reason : more) {
      if (std::ranges::find(all, reason) == all.end()) all.push_back(reason);
    }
  }

  Result<PlannedAction> look_up(std::size_t index) {
    MTC_ASSIGN(const auto prepared, actions_.sketch(index));
    PlannedAction planned;
    planned.action = index;
    planned.document = prepared.document;
    planned.key = prepared.key;
    if (!prepared.waits_for.empty()) {
      planned.status = "unknown";
      planned.why = upstream(index, prepared);
    } else {
      MTC_ASSIGN(planned.status, known_status(index, prepared));
      planned.why.reasons = {{Type::hit, {}, {}, {}}};
      if (planned.status == "run" || planned.status == "measure")
        planned.why = actions_.explain(index, prepared);
    }
    const bool works = rank(planned.status) > rank("remote_hit");
    planned.estimate_seconds = works ? estimator_.seconds(name_of(plan_, index), planned.key) : 0.0;
    return planned;
  }

  Result<std::string> known_status(std::size_t index, const PreparedAction& prepared) {
    MTC_ASSIGN(const auto known, actions_.reuse(index, prepared));
    if (!known.status.empty()) return std::string("hit");
    if (actions_.ask_remote(index, prepared)) return std::string("remote_hit");
    return std::string(plan_.actions[index].record && !actions_.forced(index) ? "measure" : "run");
  }

  /// What it waits for, then what is known to differ all the same.
  Explanation upstream(std::size_t index, const PreparedAction& prepared) {
    Explanation why;
    pipeline::Reasons waits;
    for (const auto other : prepared.waits_for) {
      const auto& action = plan_.actions[other];
      add_reasons(waits, {{Type::upstream, plan_.variants[action.variant].name(), {}, {}}});
    }
    why = actions_.explain(index, prepared);
    std::erase_if(why.reasons, [](const auto& reason) {
      return reason.type == Type::first_run || reason.type == Type::document_gone;
    });
    why.reasons.insert(why.reasons.begin(), waits.begin(), waits.end());
    return why;
  }

  const pipeline::Plan& plan_;
  Events events_;
  ActionRunner actions_;
  const RunOptions& options_;
  Estimator estimator_{actions_.history()};
};

}  // namespace

Result<std::vector<PlannedStage>> inspect_plan(const pipeline::Plan& plan, store::Store& store,
                                               const RunOptions& options) {
  Inspector inspector(plan, store, options);
  std::vector<PlannedStage> planned;
  for (const auto& variant : plan.variants) {
    MTC_ASSIGN(auto stage, inspector.inspect(variant));
    planned.push_back(std::move(stage));
  }
  return planned;
}

PlanEstimate estimate_plan(const pipeline::Plan& plan, const std::vector<PlannedStage>& stages) {
  PlanEstimate estimate;
  std::vector<double> ends(stages.size());  // When each would end if nothing had to wait for a slot.
  for (std::size_t i = 0; i < stages.size(); ++i) {
    double start = 0;
    for (const auto other : needs(plan, plan.variants[i])) start = std::max(start, ends[other]);
    const double seconds = stages[i].estimate_seconds.value_or(0);
    ends[i] = start + seconds;
    estimate.work_seconds += seconds;
    estimate.path_seconds = std::max(estimate.path_seconds, ends[i]);
    if (!stages[i].estimate_seconds) ++estimate.without;
  }
  return estimate;
}

}  // namespace mtc::run
