// SPDX-License-Identifier: Apache-2.0
//
// What a run would do, without running: every action looked up in the store.
#include <algorithm>

#include <fmt/format.h>

#include "core/run/action_runner.hpp"
#include "core/run/runner.hpp"

namespace mtc::run {
namespace {

/// Whether an input of `action` is the output of one that has no result yet.
bool reads_unknown(const pipeline::Plan& plan, const pipeline::Action& action, const ActionRunner& actions) {
  const auto unknown = [&](const pipeline::Source& source) {
    return source.kind == pipeline::Source::Kind::output && !actions.result(source.action);
  };
  return std::ranges::any_of(action.inputs, [&](const auto& input) {
    if (input.source.kind != pipeline::Source::Kind::dataset) return unknown(input.source);
    const auto& dataset = plan.datasets[input.source.dataset];
    return std::ranges::any_of(dataset.inputs, unknown) || std::ranges::any_of(dataset.labels, unknown);
  });
}

}  // namespace

Result<std::vector<PlannedStage>> inspect_plan(const pipeline::Plan& plan, store::Store& store) {
  Events events;
  const RunOptions options;
  ActionRunner actions(plan, store, events, options, {}, nullptr);
  std::vector<PlannedStage> planned;
  for (const auto& variant : plan.variants) {
    PlannedStage stage{variant.name(), variant.uses, "hit", "all results are in the store", {}};
    for (const auto index : variant.actions) {
      const auto& action = plan.actions[index];
      if (reads_unknown(plan, action, actions)) {
        if (stage.status == "hit")
          stage = {stage.name, stage.uses, "unknown", "depends on a stage that has to run", {}};
        continue;
      }
      MTC_ASSIGN(const auto prepared, actions.prepare(index));
      MTC_ASSIGN(const bool hit, actions.lookup(index, prepared));
      if (index == variant.main_action()) stage.key = prepared.key;
      if (hit || stage.status == "run") continue;
      if (action.record) {
        stage.status = "measure";
        stage.reason = "a measurement is taken anew (--reuse-records replays it)";
      } else {
        stage.status = "run";
        stage.reason = fmt::format("no result for this {} in the store", action.kind);
      }
    }
    planned.push_back(std::move(stage));
  }
  return planned;
}

}  // namespace mtc::run
