// SPDX-License-Identifier: Apache-2.0
//
// mtc run FILE, mtc run --plan FILE
#include <algorithm>
#include <memory>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/execute.hpp"
#include "cli/mtc/lock_check.hpp"
#include "cli/mtc/pipeline_options.hpp"
#include "cli/mtc/stage_names.hpp"
#include "core/run/inspect.hpp"
#include "core/run/plan_file.hpp"

namespace mtc::cli {
namespace {

struct RunArguments {
  PipelineOptions pipeline;
  LockOptions lock;
  std::string plan;
  std::string out;
  ExecuteOptions execute;
};

/// Errors: invalid_argument that names everything that has moved since the plan was made.
Result<void> check_plan(const std::string& file, const run::PlanFile& filed, const pipeline::Plan& plan,
                        store::Store& store) {
  MTC_ASSIGN(const auto planned, run::inspect_plan(plan, store));
  const auto changes = run::moved(filed.stages, run::filed_stages(plan, planned));
  if (changes.empty()) return {};
  std::string text = "what this plan rests on has moved";
  for (const auto& change : changes) text += "\n  " + change;
  return Error{Code::invalid_argument, text, file, "undo that, or make a new plan with mtc plan -o"};
}

Result<int> run(RunArguments arguments, const Globals& globals) {
  std::optional<run::PlanFile> filed;
  if (!arguments.plan.empty()) {
    if (const auto& given = arguments.pipeline;
        !given.file.empty() || !given.overrides.empty() || !given.profile.empty()) {
      return Error{Code::invalid_argument, "a plan file says itself which pipeline it is of", "--plan",
                   "leave out the pipeline, -D and --profile"};
    }
    MTC_ASSIGN(filed, run::read_plan_file(arguments.plan));
    arguments.pipeline = {filed->pipeline.string(), filed->overrides, filed->profile};
  } else if (arguments.pipeline.file.empty()) {
    return Error{Code::invalid_argument, "no pipeline file is given", "mtc run",
                 "name one, or a plan with --plan; see --help"};
  }
  MTC_ASSIGN(const auto file, load_pipeline(arguments.pipeline));
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
  for (const auto& stage : arguments.execute.rerun)
    MTC_TRY(check_stage(stage, variant_names(plan), "--rerun"));
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_TRY(check_lock(arguments.lock, arguments.pipeline, file, plan, store));
  ExecuteOptions execute_options = arguments.execute;
  take_network(arguments.lock, execute_options.remote);
  if (filed) {
    MTC_TRY(check_plan(arguments.plan, *filed, plan, store));
    execute_options.expected_keys = run::expected_keys(plan, filed->stages);
  }
  execute_options.out =
      arguments.out.empty() ? plan.folder / "mtc-out" : std::filesystem::absolute(arguments.out);
  MTC_ASSIGN(const auto report, execute(plan, store, execute_options, globals));
  return print_report(report, plan, globals);
}

}  // namespace

void add_run(CLI::App& app, Globals& globals, int& exit_code) {
  const auto arguments = std::make_shared<RunArguments>();
  auto* command = app.add_subcommand("run", "Run a pipeline");
  add_pipeline_options(*command, arguments->pipeline);
  add_lock_options(*command, arguments->lock);
  command->add_option("--plan", arguments->plan, "Run exactly what this file of mtc plan -o says, or nothing")
      ->type_name("FILE");
  command->add_option("--out", arguments->out, "Folder for outputs (default: mtc-out beside the pipeline)")
      ->type_name("DIR");
  command
      ->add_option("--rerun", arguments->execute.rerun,
                   "Run this stage (or variant) though its result is in the store; repeatable")
      ->type_name("STAGE")
      ->allow_extra_args(false);
  add_execute_options(*command, arguments->execute);
  add_global_options(*command, globals);
  command->footer("Example: mtc run examples/quickstart/pipeline.toml -D stage.int8.with.calibration=minmax");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, run(*arguments, globals)); });
}

}  // namespace mtc::cli
