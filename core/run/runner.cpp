// SPDX-License-Identifier: Apache-2.0
#include "core/run/runner.hpp"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "core/base/clock.hpp"
#include "core/base/error_json.hpp"
#include "core/base/file.hpp"
#include "core/run/action_runner.hpp"

namespace mtc::run {
namespace {

double cpu_ms() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) * 1e-3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

/// The variants whose results `variant` reads, or whose metric its gates compare with.
std::set<std::size_t> needs(const pipeline::Plan& plan, const pipeline::Variant& variant) {
  std::set<std::size_t> variants;
  const auto add = [&](const pipeline::Source& source) {
    if (source.kind == pipeline::Source::Kind::output) variants.insert(plan.actions[source.action].variant);
  };
  for (const auto index : variant.actions) {
    for (const auto& input : plan.actions[index].inputs) {
      add(input.source);
      if (input.source.kind != pipeline::Source::Kind::dataset) continue;
      const auto& dataset = plan.datasets[input.source.dataset];
      std::ranges::for_each(dataset.inputs, add);
      std::ranges::for_each(dataset.labels, add);
    }
  }
  for (const auto& gate : variant.gates) {
    if (gate.limit_variant) variants.insert(*gate.limit_variant);
  }
  variants.erase(plan.actions[variant.main_action()].variant);
  return variants;
}

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

class Run {
 public:
  Run(const pipeline::Plan& plan, store::Store& store, Events& events, const RunOptions& options,
      const std::filesystem::path& folder)
      : plan_(plan),
        store_(store),
        events_(events),
        options_(options),
        actions_(plan, store, events, options, folder) {}

  Result<void> find_dependencies() { return actions_.find_dependencies(); }

  RunReport run() {
    RunReport report;
    for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
      report.stages.push_back(start_report(plan_.variants[i]));
      auto& stage = report.stages.back();
      if (blocked(report, i)) {
        stage.status = "skipped";
      } else {
        const auto start = Clock::real().monotonic_ns();
        events_.emit("stage.started", {{"stage", stage.name}, {"variant", plan_.variants[i].name()}});
        run_variant(i, stage, report);
        stage.seconds = static_cast<double>(Clock::real().monotonic_ns() - start) * 1e-9;
      }
      events_.emit("stage.finished", {{"stage", stage.name},
                                      {"variant", plan_.variants[i].name()},
                                      {"status", stage.status},
                                      {"seconds", stage.seconds},
                                      {"metrics", stage.metrics},
                                      {"error", stage.error ? error_to_json(*stage.error) : Json()}});
    }
    return report;
  }

 private:
  StageReport start_report(const pipeline::Variant& variant) const {
    StageReport stage;
    stage.name = variant.stage;
    stage.uses = variant.uses;
    for (const auto& axis : variant.axes) stage.axes.emplace_back(axis.name, axis.value);
    for (const auto index : variant.actions) {
      if (plan_.actions[index].target != nullptr) stage.target = plan_.actions[index].target->id;
    }
    return stage;
  }

  /// After a failure nothing more is started; after a failed gate only what depends on it is held back.
  [[nodiscard]] bool blocked(const RunReport& report, std::size_t index) const {
    if (report.exit_code != kOk && report.exit_code != kGateFailed) return true;
    const auto on = needs(plan_, plan_.variants[index]);
    return std::ranges::any_of(on, [&](std::size_t other) {
      const auto& status = report.stages[other].status;
      return status == "failed" || status == "gate_failed" || status == "skipped";
    });
  }

  void fail(StageReport& stage, RunReport& report, const pipeline::Variant& variant, Error error,
            int exit_code) {
    stage.status = "failed";
    error.where = fmt::format("stage '{}'{}{}", variant.name(), error.where.empty() ? "" : ", ", error.where);
    stage.error = std::move(error);
    report.exit_code = exit_code;
  }

  void run_variant(std::size_t index, StageReport& stage, RunReport& report) {
    const auto& variant = plan_.variants[index];
    std::set<std::string> statuses;
    for (const auto action : variant.actions) {
      auto prepared = actions_.prepare(action);
      if (!prepared) return fail(stage, report, variant, prepared.error(), kStageFailed);
      const auto outcome = actions_.execute(action, *prepared);
      stage.actions.push_back({plan_.actions[action].kind, outcome.status, prepared->key});
      statuses.insert(outcome.status);
      if (!outcome.log.empty()) stage.log = outcome.log;
      if (outcome.record_age_s >= 0) stage.record_age_s = outcome.record_age_s;
      if (outcome.error) return fail(stage, report, variant, *outcome.error, outcome.exit_code);
    }
    stage.status = statuses.contains("ran") ? "ran" : statuses.contains("record") ? "record" : "hit";
    stage.metrics = actions_.result(variant.main_action())->metrics;
    if (auto laid_out = lay_out(variant, stage); !laid_out) {
      return fail(stage, report, variant, laid_out.error(), kStageFailed);
    }
    check_gates(variant, stage, report);
  }

  /// Copies the outputs to where people look for them.
  Result<void> lay_out(const pipeline::Variant& variant, StageReport& stage) {
    const auto main = variant.main_action();
    auto folder = options_.out / file_name(variant.stage);
    for (const auto& axis : variant.axes) folder /= file_name(axis.name + "=" + axis.value);
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

  void check_gates(const pipeline::Variant& variant, StageReport& stage, RunReport& report) {
    for (const auto& bound : variant.gates) {
      GateReport gate;
      gate.expr = bound.gate.text;
      if (const auto found = stage.metrics.find(bound.gate.metric); found != stage.metrics.end())
        gate.value = found->second;
      gate.limit = bound.gate.offset;
      if (bound.limit_variant) {
        const auto& metrics = report.stages[*bound.limit_variant].metrics;
        const auto found = metrics.find(bound.gate.stage_metric);
        gate.limit = found == metrics.end() ? std::nullopt : std::optional(found->second + bound.gate.offset);
      }
      gate.ok = gate.value && gate.limit && bound.gate.holds(*gate.value, *gate.limit);
      if (!gate.ok) {
        stage.status = "gate_failed";
        if (report.exit_code == kOk) report.exit_code = kGateFailed;
      }
      events_.emit("gate", {{"stage", variant.name()},
                            {"expr", gate.expr},
                            {"value", gate.value ? Json(*gate.value) : Json()},
                            {"limit", gate.limit ? Json(*gate.limit) : Json()},
                            {"ok", gate.ok}});
      stage.gates.push_back(std::move(gate));
    }
  }

  const pipeline::Plan& plan_;
  store::Store& store_;
  Events& events_;
  const RunOptions& options_;
  ActionRunner actions_;
};

}  // namespace

std::string file_name(const std::string& text) {
  std::string name = text;
  std::ranges::replace_if(
      name,
      [](unsigned char c) {
        return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '=' && c != '.' && c != '[' && c != ']' &&
               c != ',';
      },
      '_');
  return name;
}

Result<RunReport> run_plan(const pipeline::Plan& plan, store::Store& store, Events& events,
                           const RunOptions& options) {
  MTC_ASSIGN(const auto folder, store.new_run());
  Run run(plan, store, events, options, folder.second);
  MTC_TRY(run.find_dependencies());
  MTC_ASSIGN(auto sink, file_sink(folder.second / "events.jsonl"));
  events.add(std::move(sink));
  events.emit("run.started", {{"run_id", folder.first}, {"stages", plan.variants.size()}});
  RunReport report = run.run();
  report.run_id = folder.first;
  report.store = store.root().string();
  MTC_ASSIGN(report.store_bytes, store.bytes());
  report.driver_cpu_ms = cpu_ms();
  events.emit("run.finished", {{"status", report.status()}, {"exit_code", report.exit_code}});
  MTC_TRY(write_file_atomic(folder.second / "run.json", to_json(report).dump(2) + "\n"));
  return report;
}

Result<std::vector<PlannedStage>> inspect_plan(const pipeline::Plan& plan, store::Store& store) {
  Events events;
  const RunOptions options;
  ActionRunner actions(plan, store, events, options, {});
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
