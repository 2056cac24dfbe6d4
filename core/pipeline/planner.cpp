// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/planner.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/text.hpp"

namespace mtc::pipeline {

Error plan_error(const config::Place& place, Code code, std::string message, std::string hint) {
  return {code, std::move(message), place, std::move(hint)};
}

std::string suggestion(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) return "there are none";
  const std::string list = fmt::format("there are: {}", fmt::join(known, ", "));
  const auto near = closest(name, known);
  return near ? fmt::format("did you mean '{}'? {}", *near, list) : list;
}

std::string Variant::name() const {
  if (axes.empty()) return stage;
  std::string text;
  for (const auto& axis : axes) text += (text.empty() ? "" : ",") + axis.name + "=" + axis.value;
  return fmt::format("{}[{}]", stage, text);
}

std::vector<std::string> Planner::all_names() const {
  std::vector<std::string> names;
  for (const auto& model : file_.models) names.push_back(model.name);
  for (const auto& data : file_.data) names.push_back(data.name);
  for (const auto& stage : file_.stages) names.push_back(stage.name);
  return names;
}

Result<void> Planner::check_names() const {
  std::set<std::string> seen;
  const auto add = [&](const std::string& name, const config::Place& place) -> Result<void> {
    if (seen.insert(name).second) return {};
    return plan_error(place, Code::invalid_argument, fmt::format("the name '{}' is used twice", name),
                      "models, datasets and stages share one set of names");
  };
  for (const auto& model : file_.models) MTC_TRY(add(model.name, model.place));
  for (const auto& data : file_.data) MTC_TRY(add(data.name, data.place));
  for (const auto& stage : file_.stages) MTC_TRY(add(stage.name, stage.place));
  return {};
}

Result<void> Planner::check_keys() const {
  for (const auto& stage : file_.stages) {
    MTC_ASSIGN(const auto found, definition(stage.uses));
    MTC_TRY(check_keys(stage, *found.stage));
  }
  return {};
}

Result<std::vector<std::string>> Planner::needs(const config::StageEntry& stage) const {
  std::vector<std::string> names;
  const auto take = [&](const config::Located& value) -> Result<void> {
    MTC_ASSIGN(const auto references, references_of(value));
    for (const auto& reference : references) names.push_back(reference.name);
    return {};
  };
  for (const auto& [key, value] : stage.inputs) {
    if (key != "target") MTC_TRY(take(value));
  }
  for (const auto& [key, value] : stage.matrix) {
    if (key != "target" && !key.starts_with("with.")) MTC_TRY(take(value));
  }
  for (const auto& [text, place] : stage.gates) {
    auto gate = parse_gate(text);
    if (!gate) {
      gate.error().where = place;
      return gate.error();
    }
    if (!gate->stage.empty()) names.push_back(gate->stage);
  }
  // A dataset that a stage makes is a dependency on that stage.
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto data = std::ranges::find(file_.data, names[i], &config::DataEntry::name);
    if (data == file_.data.end()) continue;
    if (!data->from.empty()) names.push_back(data->from);
    if (!data->stage.empty()) names.push_back(makers_.at(data->name).name);
  }
  return names;
}

Result<std::vector<const config::StageEntry*>> Planner::order() const {
  std::map<std::string, const config::StageEntry*> by_name;
  for (const auto& stage : file_.stages) by_name[stage.name] = &stage;
  std::vector<const config::StageEntry*> ordered;
  std::set<std::string> done;
  std::vector<std::string> path;
  // Depth first, in order as written: a stage comes right after what it needs.
  const auto visit = [&](const auto& self, const config::StageEntry& stage) -> Result<void> {
    if (done.contains(stage.name)) return {};
    if (const auto at = std::ranges::find(path, stage.name); at != path.end()) {
      const std::vector<std::string> cycle(at, path.end());
      return plan_error(
          stage.place, Code::invalid_argument,
          fmt::format("stages need each other in a cycle: {} -> {}", fmt::join(cycle, " -> "), stage.name),
          "break the cycle by giving one of them another input");
    }
    path.push_back(stage.name);
    MTC_ASSIGN(const auto names, needs(stage));
    for (const auto& name : names) {
      if (const auto found = by_name.find(name); found != by_name.end()) MTC_TRY(self(self, *found->second));
    }
    path.pop_back();
    done.insert(stage.name);
    ordered.push_back(&stage);
    return {};
  };
  for (const auto& stage : file_.stages) MTC_TRY(visit(visit, stage));
  return ordered;
}

Result<void> Planner::add_stage(const config::StageEntry& stage) {
  MTC_ASSIGN(const auto found, definition(stage.uses));
  const auto variants_of = [this](const std::string& name) -> const std::vector<std::size_t>* {
    const auto at = stage_variants_.find(name);
    return at == stage_variants_.end() ? nullptr : &at->second;
  };
  const auto maker_of = [this](const std::string& dataset) -> const Reference* {
    const auto at = makers_.find(dataset);
    return at == makers_.end() ? nullptr : &at->second;
  };
  MTC_ASSIGN(auto combinations, expand_matrix(stage, plan_.variants, variants_of, maker_of));
  for (auto& combination : combinations) MTC_TRY(add_variant(stage, found, std::move(combination)));
  return {};
}

namespace {

/// Whether `action`, of the stage `stage`, can report `metric` in this plan.
Result<void> check_metric(const Action& action, const std::string& stage, const std::string& metric,
                          const config::Place& place) {
  if (std::ranges::find(action.metrics, metric) == action.metrics.end()) {
    return plan_error(place, Code::not_found, fmt::format("stage '{}' has no metric '{}'", stage, metric),
                      suggestion(metric, action.metrics));
  }
  for (const auto& [absent, input] : action.absent_metrics) {
    if (absent != metric) continue;
    return plan_error(
        place, Code::invalid_argument,
        fmt::format("stage '{}' reports no '{}' without '{}'", stage, metric, input),
        fmt::format("give {0}: --{0} PATH, or {0} = \"…\" in a pipeline's [stage.{1}]", input, stage));
  }
  return {};
}

}  // namespace

Result<void> Planner::add_gates(const config::StageEntry& stage, std::size_t index) {
  Variant& variant = plan_.variants[index];
  for (const auto& entry : stage.gates) {
    const auto& place = entry.second;
    MTC_ASSIGN(const auto gate, parse_gate(entry.first));
    MTC_TRY(check_metric(plan_.actions[variant.main_action()], variant.stage, gate.metric, place));
    BoundGate bound{gate, std::nullopt};
    if (!gate.stage.empty()) {
      const auto others = stage_variants_.find(gate.stage);
      if (others == stage_variants_.end()) {
        return plan_error(place, Code::not_found, fmt::format("no stage is called '{}'", gate.stage),
                          suggestion(gate.stage, all_names()));
      }
      // The variant whose axes this variant shares.
      for (const auto other : others->second) {
        const bool fits = std::ranges::all_of(plan_.variants[other].axes, [&](const Axis& axis) {
          return std::ranges::any_of(variant.axes, [&](const Axis& own) {
            return own.name == axis.name && own.value == axis.value && own.origin == axis.origin;
          });
        });
        if (fits) bound.limit_variant = other;
      }
      if (!bound.limit_variant) {
        return plan_error(place, Code::invalid_argument,
                          fmt::format("stage '{}' has several variants and none shares the axes of '{}'",
                                      gate.stage, variant.name()),
                          "compare with a stage without a matrix, or one with the same axes");
      }
      const Variant& other = plan_.variants[*bound.limit_variant];
      MTC_TRY(check_metric(plan_.actions[other.main_action()], other.stage, gate.stage_metric, place));
    }
    variant.gates.push_back(std::move(bound));
  }
  return {};
}

Result<Plan> Planner::run() {
  plan_.file = file_.file;
  plan_.folder = file_.folder;
  MTC_TRY(check_names());
  MTC_TRY(find_makers());
  MTC_TRY(check_keys());
  MTC_ASSIGN(const auto ordered, order());
  for (const auto* stage : ordered) MTC_TRY(add_stage(*stage));
  return std::move(plan_);
}

Result<Plan> make_plan(const config::PipelineFile& file, const plugin::Registry& registry) {
  return Planner(file, registry).run();
}

}  // namespace mtc::pipeline
