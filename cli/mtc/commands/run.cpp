// SPDX-License-Identifier: Apache-2.0
//
// mtc run FILE, mtc plan FILE
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/execute.hpp"
#include "cli/mtc/lock_check.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_options.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

struct RunArguments {
  PipelineOptions pipeline;
  LockOptions lock;
  std::string out;
  bool exit_with_work = false;
  ExecuteOptions execute;
};

Result<int> run(const RunArguments& arguments, const Globals& globals) {
  MTC_ASSIGN(const auto options, load_options(arguments.pipeline));
  MTC_ASSIGN(const auto file, config::load_pipeline(arguments.pipeline.file, options));
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_TRY(check_lock(arguments.lock, arguments.pipeline, file, plan, store));
  ExecuteOptions execute_options = arguments.execute;
  take_network(arguments.lock, execute_options.remote);
  execute_options.out =
      arguments.out.empty() ? plan.folder / "mtc-out" : std::filesystem::absolute(arguments.out);
  MTC_ASSIGN(const auto report, execute(plan, store, execute_options));
  return print_report(report, plan, globals.json);
}

Result<int> plan(const RunArguments& arguments, const Globals& globals) {
  MTC_ASSIGN(const auto options, load_options(arguments.pipeline));
  MTC_ASSIGN(const auto file, config::load_pipeline(arguments.pipeline.file, options));
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_TRY(check_lock(arguments.lock, arguments.pipeline, file, plan, store));
  MTC_ASSIGN(const auto stages, run::inspect_plan(plan, store));
  Json json = {{"schema", "mtc.plan/1"}, {"stages", Json::array()}};
  std::size_t width = 5;
  for (const auto& stage : stages) width = std::max(width, stage.name.size());
  bool work = false;
  for (const auto& stage : stages) {
    work = work || stage.status == "run" || stage.status == "unknown";
    json["stages"].push_back({{"name", stage.name},
                              {"uses", stage.uses},
                              {"status", stage.status},
                              {"reason", stage.reason},
                              {"key", stage.key}});
    if (!globals.json) print(fmt::format("{:<8} {:<{}}  {}", stage.status, stage.name, width, stage.reason));
  }
  if (globals.json) print_json(json);
  return work && arguments.exit_with_work ? run::kPlanHasWork : run::kOk;
}

using Command = Result<int> (*)(const RunArguments&, const Globals&);

void finish(CLI::App* command, const std::shared_ptr<RunArguments>& arguments, Globals& globals,
            int& exit_code, Command body) {
  command->callback([arguments, &globals, &exit_code, body] {
    const auto result = body(*arguments, globals);
    if (!result) say_error(result.error());
    exit_code = result ? *result : exit_code_for(result.error());
  });
}

}  // namespace

void add_run(CLI::App& app, Globals& globals, int& exit_code) {
  const auto run_arguments = std::make_shared<RunArguments>();
  auto* run_command = app.add_subcommand("run", "Run a pipeline");
  add_pipeline_options(*run_command, run_arguments->pipeline)->required();
  add_lock_options(*run_command, run_arguments->lock);
  run_command
      ->add_option("--out", run_arguments->out, "Folder for outputs (default: mtc-out beside the pipeline)")
      ->type_name("DIR");
  add_execute_options(*run_command, run_arguments->execute);
  add_global_options(*run_command, globals);
  run_command->footer(
      "Example: mtc run examples/quickstart/pipeline.toml -D stage.int8.with.calibration=minmax");
  finish(run_command, run_arguments, globals, exit_code, run);

  const auto plan_arguments = std::make_shared<RunArguments>();
  auto* plan_command = app.add_subcommand("plan", "Show what a run would do, without running");
  add_pipeline_options(*plan_command, plan_arguments->pipeline)->required();
  add_lock_options(*plan_command, plan_arguments->lock);
  plan_command->add_flag("--exit-code", plan_arguments->exit_with_work,
                         "Exit with 10 when there is work to do");
  add_global_options(*plan_command, globals);
  plan_command->footer("Example: mtc plan pipeline.toml --json | jq '.stages[] | select(.status==\"run\")'");
  finish(plan_command, plan_arguments, globals, exit_code, plan);
}

}  // namespace mtc::cli
