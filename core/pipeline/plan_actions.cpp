// SPDX-License-Identifier: Apache-2.0
//
// Variants → actions: parameters checked, targets found, the stage's own action and the sessions before it.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/text.hpp"
#include "core/pipeline/builtin.hpp"
#include "core/pipeline/planner.hpp"
#include "core/pipeline/target_params.hpp"

namespace mtc::pipeline {
namespace {

template <class T>
Result<T> at_place(Result<T> result, const config::Place& place) {
  if (!result && result.error().where.empty()) result.error().where = place;
  return result;
}

/// The values of `params` that go to the action `kind`.
Json part_for(const std::vector<plugin::Param>& declared, const Json& params, std::string_view kind) {
  Json part = Json::object();
  for (const auto& param : declared) {
    if (param.action == kind) part[param.name] = params.at(param.name);
  }
  return part;
}

/// The metrics that optional inputs bring which are not among `inputs`.
std::vector<std::pair<std::string, std::string>> absent_metrics(const plugin::Stage& declared,
                                                                const std::vector<NamedSource>& inputs) {
  std::vector<std::pair<std::string, std::string>> absent;
  for (const auto& input : declared.inputs) {
    if (std::ranges::find(inputs, input.name, &NamedSource::name) != inputs.end()) continue;
    for (const auto& metric : input.metrics) absent.emplace_back(metric, input.name);
  }
  return absent;
}

Json affecting(const std::vector<plugin::Param>& declared, const Json& params) {
  Json part = Json::object();
  for (const auto& param : declared) {
    if (param.affects_output && params.contains(param.name)) part[param.name] = params.at(param.name);
  }
  return part;
}

}  // namespace

std::size_t Planner::add_action(Action action) {
  action.variant = plan_.variants.size();  // The variant under construction comes next.
  plan_.actions.push_back(std::move(action));
  pending_actions_.push_back(plan_.actions.size() - 1);
  return plan_.actions.size() - 1;
}

Result<Definition> Planner::definition(const config::Located& uses) const {
  const auto name = uses.value.is_string() ? uses.value.get<std::string>() : std::string();
  for (const auto* builtin : {&compile_stage(), &package_stage()}) {
    if (name == builtin->name) return Definition{nullptr, builtin, builtin->name};
  }
  const auto found = registry_.find_stage(name);
  if (!found) {
    Error error = found.error();
    error.where = uses.place;
    const std::vector<std::string> built_in{compile_stage().name, package_stage().name};
    const auto near = closest(name, built_in);
    error.hint = (near ? fmt::format("did you mean \"{}\"? ", *near) : "") + error.hint + ", " +
                 fmt::format("{}", fmt::join(built_in, ", "));
    return error;
  }
  const auto& match = *found;
  return Definition{match.plugin, match.stage, {}};
}

Result<Json> Planner::params(const std::vector<plugin::Param>& declared, const config::StageEntry& stage,
                             const Combination& combination,
                             std::map<std::string, config::Located>* others) const {
  std::map<std::string, config::Located> given = stage.params;
  for (const auto& [key, value] : combination.values) {
    if (key.starts_with("with.")) given[key.substr(5)] = value;
  }
  Json params = Json::object();
  std::vector<std::string> known;
  for (const auto& param : declared) {
    known.push_back(param.name);
    params[param.name] = param.default_value;
    const auto found = given.find(param.name);
    if (found == given.end()) continue;
    MTC_ASSIGN(params[param.name], at_place(param.check(found->second.value), found->second.place));
  }
  for (const auto& [name, value] : given) {
    if (std::ranges::find(known, name) != known.end()) continue;
    if (others != nullptr && !targets_with(registry_, "run", name).empty()) {
      (*others)[name] = value;
      continue;
    }
    const bool compiles = stage.uses.value == compile_stage().name;
    return plan_error(
        value.place, Code::not_found,
        fmt::format("{}{} has no parameter '{}'", stage.uses.value.dump(), compiles ? " for this target" : "",
                    name),
        compiles ? target_param_hint(registry_, known, "compile", name) : suggestion(name, known));
  }
  return params;
}

Result<plugin::Registry::TargetMatch> Planner::target(const config::StageEntry& stage,
                                                      const Combination& combination) const {
  config::Located value;
  if (const auto found = stage.inputs.find("target"); found != stage.inputs.end()) value = found->second;
  if (const auto found = combination.values.find("target"); found != combination.values.end())
    value = found->second;
  if (value.value.is_null()) return at_place(registry_.default_target(), stage.place);
  if (!value.value.is_string())
    return plan_error(value.place, Code::invalid_argument, "target is not a string",
                      "write the id of one in quotes; mtc target list shows them");
  const auto id = value.value.get<std::string>();
  if (id != "@model") return at_place(registry_.find_target(id), value.place);
  // The target that the model was quantized for.
  const auto model = combination.inputs.find("model");
  if (model != combination.inputs.end() && model->second.front().variant) {
    const auto& made_by = plan_.actions[plan_.variants[*model->second.front().variant].main_action()];
    if (made_by.target != nullptr) return registry_.find_target(made_by.target->id);
  }
  return plan_error(value.place, Code::invalid_argument,
                    "target = \"@model\" needs a model that a stage with a target has made",
                    "name the target");
}

Result<void> Planner::check_sections(const config::StageEntry& stage, const plugin::Stage& definition,
                                     const plugin::Target& target) const {
  const auto& wanted = definition.target_sections;
  const auto has_one = [&](const plugin::Target& each) {
    return std::ranges::any_of(wanted, [&](const auto& section) { return each.sections.contains(section); });
  };
  if (wanted.empty() || has_one(target)) return {};
  std::vector<std::string> others;
  for (const auto& each : registry_.targets()) {
    if (has_one(each)) others.push_back(each.id);
  }
  const auto given = stage.inputs.find("target");
  return plan_error(given == stage.inputs.end() ? stage.place : given->second.place, Code::invalid_argument,
                    fmt::format("target '{}' says nothing of [{}], which {} goes by", target.id,
                                fmt::join(wanted, "], ["), definition.name),
                    others.empty() ? "no target does: add the section to its document"
                                   : fmt::format("targets that do: {}", fmt::join(others, ", ")));
}

Result<plugin::Registry::TargetMatch> Planner::target_of(const Source& artifact) const {
  if (artifact.type == "model") return at_place(registry_.find_target("reference"), artifact.place);
  if (artifact.kind == Source::Kind::output) {
    const Action& made_by = plan_.actions[artifact.action];
    if (made_by.kind == "compile") return registry_.find_target(made_by.target->id);
    return plan_error(artifact.place, Code::invalid_argument,
                      fmt::format("{} does not make artifacts", made_by.name),
                      "compile its model first: uses = \"compile\"");
  }
  const auto file = artifact.path / "artifact.toml";
  MTC_ASSIGN(const auto document, config::load_toml(file));
  const auto* id =
      document.contains("target") ? document.at("target").get_ptr<const std::string*>() : nullptr;
  if (id == nullptr) {
    return Error{Code::data_loss, "no target is named", file.string(), "compile the model again"};
  }
  return at_place(registry_.find_target(*id), artifact.place);
}

Result<Json> Planner::session_values(const std::vector<plugin::Param>& declared,
                                     const plugin::Registry::TargetMatch& match, const SessionParams& params,
                                     const config::Place& place) const {
  Json values = Json::object();
  for (const auto& param : declared) {
    values[param.name] = param.default_value;
    if (!params.shared.contains(param.name)) continue;
    MTC_ASSIGN(values[param.name], at_place(param.check(params.shared[param.name]), place));
  }
  std::vector<std::string> own;
  for (const auto& param : match.service->params) {
    if (param.action != "run") continue;
    own.push_back(param.name);
    const auto given = params.own.find(param.name);
    if (given == params.own.end()) continue;
    MTC_ASSIGN(values[param.name], at_place(param.check(given->second.value), given->second.place));
  }
  for (const auto& [name, given] : params.own) {
    if (std::ranges::find(own, name) != own.end()) continue;
    return plan_error(given.place, Code::invalid_argument,
                      fmt::format("target '{}' has no run parameter '{}'", match.target->id, name),
                      target_param_hint(registry_, own, "run", name));
  }
  return values;
}

Result<std::size_t> Planner::run_session(const std::string& kind, const Source& artifact,
                                         const std::optional<Source>& data, const SessionParams& params,
                                         const config::Place& place) {
  MTC_ASSIGN(const auto match, target_of(artifact));
  if (const auto missing = match.target->missing_isa(); !missing.empty()) {
    return plan_error(place, Code::unavailable,
                      fmt::format("this machine cannot run {}: its CPU lacks {}", match.target->id,
                                  fmt::join(missing, ", ")),
                      "evaluate on a machine that has them, or compile for cpu.portable");
  }
  Action action;
  action.kind = kind;
  action.name = match.target->id;
  action.plugin = match.plugin;
  action.target = match.target;
  action.numeric = match.service->numeric;
  action.record = kind == "measure";
  if (action.record && match.service->compare) action.compare = &*match.service->compare;
  action.outputs = kind == "measure" ? measure_outputs() : predict_outputs();
  action.inputs.push_back({"artifact", artifact});
  if (data) action.inputs.push_back({"data", *data});
  std::vector<plugin::Param> declared = kind == "measure" ? measure_params() : predict_params();
  for (const auto& param : match.service->params) {
    if (param.action != "run") continue;
    std::erase_if(declared, [&](const auto& own) { return own.name == param.name; });
    declared.push_back(param);
  }
  MTC_ASSIGN(action.params, session_values(declared, match, params, place));
  action.key_params = affecting(declared, action.params);
  return add_action(std::move(action));
}

Result<void> Planner::add_variant(const config::StageEntry& stage, const Definition& definition,
                                  Combination combination) {
  const plugin::Stage& declared = *definition.stage;
  const bool compiles = definition.builtin == "compile";
  Action action;
  action.kind = definition.builtin.empty() ? "stage" : definition.builtin;
  action.name = declared.name;
  action.plugin = definition.plugin;
  action.numeric = declared.numeric;
  action.checkpoints = declared.checkpoints;
  action.outputs = declared.outputs;
  action.metrics = declared.metrics;
  std::vector<plugin::Param> own_params = declared.params;
  Json session_defaults = Json::object();
  if (compiles || !declared.target_sections.empty()) {
    MTC_ASSIGN(const auto match, target(stage, combination));
    MTC_TRY(check_sections(stage, declared, *match.target));
    action.target = match.target;
    action.target_values = match.target->flatten(declared.target_sections);
    if (compiles) {
      action.plugin = match.plugin;
      action.name = match.target->id;
      own_params = match.service->params;
      std::erase_if(own_params, [](const auto& param) { return param.action != "compile"; });
      // Compiling ends with a session that describes the artifact: it opens with the defaults.
      for (const auto& param : match.service->params) {
        if (param.action == "run") session_defaults[param.name] = param.default_value;
      }
    }
  }
  SessionParams session;
  const bool runs = std::ranges::any_of(
      declared.inputs, [&](const plugin::Input& input) { return declared.runs_artifact(input); });
  MTC_ASSIGN(const auto all, params(own_params, stage, combination, runs ? &session.own : nullptr));
  const std::string own_kind = compiles ? "compile" : "stage";
  action.params = part_for(own_params, all, own_kind);
  action.key_params = affecting(own_params, action.params);
  action.params.update(session_defaults);
  session.shared = part_for(own_params, all, "predict");
  session.shared.update(part_for(own_params, all, "measure"));
  pending_actions_.clear();
  MTC_ASSIGN(action.inputs, stage_inputs(stage, declared, combination, session));
  action.absent_metrics = absent_metrics(declared, action.inputs);
  add_action(std::move(action));
  Variant variant;
  variant.stage = stage.name;
  variant.uses = stage.uses.value.get<std::string>();
  variant.axes = std::move(combination.axes);
  variant.actions = pending_actions_;
  variant.resources = stage.resources;
  variant.place = stage.place;
  plan_.variants.push_back(std::move(variant));
  const std::size_t index = plan_.variants.size() - 1;
  stage_variants_[stage.name].push_back(index);
  return add_gates(stage, index);
}

}  // namespace mtc::pipeline
