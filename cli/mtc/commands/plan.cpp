// SPDX-License-Identifier: Apache-2.0
//
// mtc plan FILE
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/execute.hpp"
#include "cli/mtc/lock_check.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_options.hpp"
#include "cli/mtc/remote_options.hpp"
#include "core/base/text.hpp"
#include "core/run/inspect.hpp"
#include "core/run/output_folder.hpp"
#include "core/run/plan_file.hpp"

namespace mtc::cli {
namespace {

struct PlanArguments {
  PipelineOptions pipeline;
  bool exit_with_work = false;
  bool reuse_records = false;
  std::string output;  ///< Plan file; empty = none.
  remote::Options remote;
  LockOptions lock;
};

Json planned_seconds(const std::optional<double>& seconds) { return seconds ? Json(*seconds) : Json(); }

Json action_json(const pipeline::Plan& plan, const run::PlannedAction& action) {
  const auto& what = plan.actions[action.action];
  return {{"kind", what.kind},
          {"name", what.name},
          {"status", action.status},
          {"key", action.key},
          {"reasons", pipeline::to_json(action.why.reasons)},
          {"against", action.why.against_json()},
          {"estimate_seconds", planned_seconds(action.estimate_seconds)}};
}

Json plan_json(const pipeline::Plan& plan, const std::vector<run::PlannedStage>& stages,
               const run::PlanEstimate& estimate) {
  Json json = {{"schema", "mtc.plan/1"},
               {"stages", Json::array()},
               {"estimate",
                {{"work_seconds", estimate.work_seconds},
                 {"critical_path_seconds", estimate.path_seconds},
                 {"stages_without", estimate.without}}}};
  for (const auto& stage : stages) {
    Json item = {{"name", stage.name},
                 {"uses", stage.uses},
                 {"status", stage.status},
                 {"reason", pipeline::sentence(stage.reasons)},
                 {"reasons", pipeline::to_json(stage.reasons)},
                 {"key", stage.key},
                 {"estimate_seconds", planned_seconds(stage.estimate_seconds)},
                 {"actions", Json::array()}};
    for (const auto& action : stage.actions) item["actions"].push_back(action_json(plan, action));
    json["stages"].push_back(std::move(item));
  }
  return json;
}

bool is_work(const run::PlannedStage& stage) { return stage.status == "run" || stage.status == "unknown"; }

/// "1.2 s", "-" for what needs no worker.
std::string time_text(const run::PlannedStage& stage) {
  if (stage.status == "hit" || stage.status == "remote_hit") return "-";
  return stage.estimate_seconds ? human_duration(*stage.estimate_seconds) : "no estimate";
}

void print_plan(const std::vector<run::PlannedStage>& stages, const run::PlanEstimate& estimate) {
  std::size_t width = 5;
  for (const auto& stage : stages) width = std::max(width, stage.name.size());
  for (const auto& stage : stages) {
    print(fmt::format("{:<10} {:<{}}  {:<11}  {}", stage.status, stage.name, width, time_text(stage),
                      pipeline::sentence(stage.reasons)));
  }
  const bool work = std::ranges::any_of(
      stages, [](const auto& stage) { return stage.status == "measure" || is_work(stage); });
  if (!work) return;
  if (estimate.work_seconds == 0) {
    print(fmt::format("no estimate: {} stages have not run before", estimate.without));
    return;
  }
  const std::string without =
      estimate.without == 0 ? "" : fmt::format(", and {} stages without an estimate", estimate.without);
  print(fmt::format("about {} of work, {} at least (longest chain of stages){}",
                    human_duration(estimate.work_seconds), human_duration(estimate.path_seconds), without));
}

Result<int> plan(PlanArguments arguments, const Globals& globals) {
  MTC_ASSIGN(const auto file, load_pipeline(arguments.pipeline));
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_TRY(check_lock(arguments.lock, arguments.pipeline, file, plan, store));
  take_network(arguments.lock, arguments.remote);
  MTC_ASSIGN(const auto remote, open_remote(arguments.remote, store));
  run::RunOptions options;
  options.remote = remote.get();
  options.reuse_records = arguments.reuse_records;
  MTC_ASSIGN(const auto stages, run::inspect_plan(plan, store, options));
  const auto estimate = run::estimate_plan(plan, stages);
  if (remote) tell_remote(*remote);
  if (!arguments.output.empty()) {
    const auto output = std::filesystem::absolute(arguments.output);
    MTC_TRY(run::check_can_write(output.parent_path(), "choose another place with --output"));
    const auto pipeline = std::filesystem::absolute(plan.file).lexically_normal();
    MTC_TRY(run::write_plan_file(output, {pipeline, arguments.pipeline.profile, arguments.pipeline.overrides,
                                          run::filed_stages(plan, stages)}));
    say("plan: " + output.string());
  }
  if (globals.json) {
    print_json(plan_json(plan, stages, estimate));
  } else {
    print_plan(stages, estimate);
  }
  return arguments.exit_with_work && std::ranges::any_of(stages, is_work) ? run::kPlanHasWork : run::kOk;
}

}  // namespace

void add_plan(CLI::App& app, Globals& globals, int& exit_code) {
  const auto arguments = std::make_shared<PlanArguments>();
  auto* command = app.add_subcommand("plan", "Show what a run would do, why, and how long it takes");
  add_pipeline_options(*command, arguments->pipeline)->required();
  command->add_flag("--exit-code", arguments->exit_with_work, "Exit with 10 when there is work to do");
  command->add_flag("--reuse-records", arguments->reuse_records, "Plan as for a run with this flag");
  command->add_option("-o,--output", arguments->output, "Write the plan to a file that mtc run --plan takes")
      ->type_name("PATH");
  add_lock_options(*command, arguments->lock);
  add_remote_options(*command, arguments->remote);
  add_global_options(*command, globals);
  command->footer("Example: mtc plan pipeline.toml --json | jq '.stages[] | select(.status==\"run\")'");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, plan(*arguments, globals)); });
}

}  // namespace mtc::cli
