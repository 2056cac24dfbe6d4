// SPDX-License-Identifier: Apache-2.0
#include "core/run/variant_runner.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/base/clock.hpp"
#include "core/base/error_json.hpp"
#include "core/base/file.hpp"
#include "core/run/output_folder.hpp"

namespace mtc::run {
namespace {

void fail(StageReport& stage, const pipeline::Variant& variant, Error error, int exit_code) {
  stage.status = "failed";
  error.where = fmt::format("stage '{}'{}{}", variant.name(), error.where.empty() ? "" : ", ", error.where);
  stage.error = std::move(error);
  stage.exit_code = exit_code;
}

/// A stage before it came to another result than the plan was made with.
Error not_as_planned() {
  return {Code::failed_precondition,
          "what it reads is not what the plan file says",
          {},
          "a stage before it made other bytes than before: look at it, then make the plan anew"};
}

}  // namespace

StageReport VariantRunner::start_report(const pipeline::Plan& plan, const pipeline::Variant& variant) {
  StageReport stage;
  stage.name = variant.stage;
  stage.variant = variant.name();
  stage.uses = variant.uses;
  for (const auto& axis : variant.axes) stage.axes.emplace_back(axis.name, axis.value);
  for (const auto index : variant.actions) {
    if (plan.actions[index].target != nullptr) stage.target = plan.actions[index].target->id;
  }
  return stage;
}

void VariantRunner::run(std::size_t index) {
  const auto& variant = plan_.variants[index];
  auto& stage = stages_[index];
  const auto start = Clock::real().monotonic_ns();
  events_.emit("stage.started", {{"stage", stage.name}, {"variant", variant.name()}});
  run_actions(variant, stage);
  stage.seconds = static_cast<double>(Clock::real().monotonic_ns() - start) * 1e-9;
  finished(variant, stage);
}

void VariantRunner::skip(std::size_t index) {
  stages_[index].status = "skipped";
  finished(plan_.variants[index], stages_[index]);
}

void VariantRunner::finished(const pipeline::Variant& variant, const StageReport& stage) {
  events_.emit("stage.finished", {{"stage", stage.name},
                                  {"variant", variant.name()},
                                  {"status", stage.status},
                                  {"seconds", stage.seconds},
                                  {"metrics", stage.metrics},
                                  {"error", stage.error ? error_to_json(*stage.error) : Json()}});
}

void VariantRunner::run_actions(const pipeline::Variant& variant, StageReport& stage) {
  std::set<std::string> statuses;
  for (const auto action : variant.actions) {
    auto prepared = actions_.prepare(action);
    if (!prepared) return fail(stage, variant, prepared.error(), exit_code_of(prepared.error()));
    const auto expected = options_.expected_keys.find(action);
    if (expected != options_.expected_keys.end() && expected->second != prepared->key)
      return fail(stage, variant, not_as_planned(), kUsage);
    const auto outcome = actions_.execute(action, *prepared);
    const auto& result = actions_.result(action);
    stage.actions.push_back({plan_.actions[action].kind, plan_.actions[action].name, outcome.status,
                             prepared->key, result ? result->seconds : 0.0, outcome.why.reasons,
                             outcome.why.against});
    statuses.insert(outcome.status);
    if (!outcome.log.empty()) stage.log = outcome.log;
    if (outcome.record_age_s >= 0) stage.record_age_s = outcome.record_age_s;
    if (outcome.error) return fail(stage, variant, *outcome.error, outcome.exit_code);
  }
  stage.status = statuses.contains("ran") ? "ran" : statuses.contains("record") ? "record" : "hit";
  stage.metrics = actions_.result(variant.main_action())->metrics;
  if (auto laid_out = lay_out(variant, stage); !laid_out)
    return fail(stage, variant, laid_out.error(), exit_code_of(laid_out.error()));
  check_gates(variant, stage);
}

/// Copies the outputs to where people look for them.
Result<void> VariantRunner::lay_out(const pipeline::Variant& variant, StageReport& stage) {
  const auto main = variant.main_action();
  const auto folder = output_folder(options_.out, variant);
  for (const auto& output : actions_.result(main)->outputs) {
    const auto& declared = plan_.actions[main].outputs;
    const auto found = std::ranges::find(declared, output.name, &plugin::Output::name);
    const auto path = folder / (found == declared.end() ? output.name : found->file);
    if (options_.out.empty()) {
      MTC_ASSIGN(const auto stored, store_.path(output));
      stage.outputs[output.name] = {stored.string(), output.digest, output.bytes};
      continue;
    }
    MTC_TRY(make_directories(folder));
    MTC_TRY(store_.materialise(output, path));
    stage.outputs[output.name] = {path.string(), output.digest, output.bytes};
  }
  return {};
}

void VariantRunner::check_gates(const pipeline::Variant& variant, StageReport& stage) {
  for (const auto& bound : variant.gates) {
    GateReport gate;
    gate.expr = bound.gate.text;
    if (const auto found = stage.metrics.find(bound.gate.metric); found != stage.metrics.end())
      gate.value = found->second;
    gate.limit = bound.gate.offset;
    if (bound.limit_variant) {
      const auto& metrics = stages_[*bound.limit_variant].metrics;
      const auto found = metrics.find(bound.gate.stage_metric);
      gate.limit = found == metrics.end() ? std::nullopt : std::optional(found->second + bound.gate.offset);
    }
    gate.ok = gate.value && gate.limit && bound.gate.holds(*gate.value, *gate.limit);
    if (!gate.ok) {
      stage.status = "gate_failed";
      stage.exit_code = kGateFailed;
    }
    events_.emit("gate", {{"stage", variant.name()},
                          {"expr", gate.expr},
                          {"value", gate.value ? Json(*gate.value) : Json()},
                          {"limit", gate.limit ? Json(*gate.limit) : Json()},
                          {"ok", gate.ok}});
    stage.gates.push_back(std::move(gate));
  }
}

}  // namespace mtc::run
