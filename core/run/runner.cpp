// SPDX-License-Identifier: Apache-2.0
#include "core/run/runner.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/run/action_runner.hpp"
#include "core/run/needs.hpp"
#include "core/run/output_folder.hpp"
#include "core/run/remote.hpp"
#include "core/run/scheduler.hpp"
#include "core/run/variant_runner.hpp"

namespace mtc::run {
namespace {

/// What shells add to the number of a signal.
constexpr int kSignalBase = 128;

double cpu_ms() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) * 1e-3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

/// What a variant occupies: what the pipeline says, else its largest number of threads; a measurement has the
/// machine to itself.
Demand demand_of(const pipeline::Plan& plan, const pipeline::Variant& variant) {
  Demand demand;
  demand.memory_bytes = variant.resources.memory_bytes;
  demand.devices = variant.resources.devices;
  demand.exclusive = variant.resources.exclusive;
  for (const auto index : variant.actions) {
    const auto& action = plan.actions[index];
    demand.exclusive = demand.exclusive || action.record;
    const auto threads = action.params.find("threads");
    if (threads != action.params.end() && threads->is_number_integer())
      demand.cpu = std::max(demand.cpu, threads->get<int>());
  }
  if (variant.resources.cpu > 0) demand.cpu = static_cast<int>(variant.resources.cpu);
  return demand;
}

/// Of several exit codes the one that a script should see: the more it says about the tool or the machine
/// rather than about the model, the earlier it stands.
int worst(int a, int b) {
  static constexpr std::array kOrder = {kInterrupted, kTerminated,  kBug,         kPluginCrashed,
                                        kTimeout,     kUnavailable, kLockTimeout, kUsage,
                                        kStageFailed, kGateFailed,  kOk};
  return std::ranges::find(kOrder, a) <= std::ranges::find(kOrder, b) ? a : b;
}

/// After a failure nothing more is started, unless the run is to keep going; a failed gate holds back only
/// what depends on it.
Ended ended(const StageReport& stage, bool keep_going) {
  if (stage.exit_code == kOk) return Ended::well;
  if (stage.exit_code == kGateFailed) return Ended::badly;
  return keep_going && stage.exit_code != kInterrupted ? Ended::badly : Ended::stop;
}

std::vector<StageReport> run_variants(const pipeline::Plan& plan, store::Store& store, Events& events,
                                      const RunOptions& options, ActionRunner& actions,
                                      Jobserver& jobserver) {
  std::vector<StageReport> stages;
  for (const auto& variant : plan.variants) stages.push_back(VariantRunner::start_report(plan, variant));
  VariantRunner runner(plan, store, events, options, actions, stages);
  Tasks tasks;
  for (const auto& variant : plan.variants)
    tasks.tasks.push_back({needs(plan, variant), demand_of(plan, variant)});
  tasks.run = [&](std::size_t index) {
    runner.run(index);
    return ended(stages[index], options.keep_going);
  };
  tasks.left_out = [&](std::size_t index) { runner.skip(index); };
  run_tasks(tasks, {options.jobs, memory_of_machine()}, jobserver);
  return stages;
}

}  // namespace

Result<RunReport> run_plan(const pipeline::Plan& plan, store::Store& store, Events& events,
                           const RunOptions& options) {
  if (!options.out.empty()) MTC_TRY(check_outputs(plan, options.out));
  MTC_ASSIGN(const auto folder, store.new_run());
  MTC_ASSIGN(auto jobserver, Jobserver::make(options.jobs));
  ActionRunner actions(plan, store, events, options, folder.second, &jobserver);
  MTC_TRY(actions.find_dependencies());
  MTC_ASSIGN(auto sink, file_sink(folder.second / "events.jsonl"));
  events.add(std::move(sink));
  MTC_ASSIGN(auto history_sink, actions_sink(folder.second));
  events.add(std::move(history_sink));
  const PipelineIdentity& identity = actions.history().pipeline();
  events.emit("run.started", {{"run_id", folder.first},
                              {"unix_ms", Clock::real().now_unix_ns() / 1'000'000},
                              {"pipeline", to_json(identity)},
                              {"stages", plan.variants.size()}});
  RunReport report;
  report.pipeline = identity;
  report.stages = run_variants(plan, store, events, options, actions, jobserver);
  for (const auto& stage : report.stages) report.exit_code = worst(report.exit_code, stage.exit_code);
  if (options.remote != nullptr) finish_remote(*options.remote, events, report);
  report.run_id = folder.first;
  report.store = store.root().string();
  MTC_ASSIGN(report.store_bytes, store.bytes());
  report.driver_cpu_ms = cpu_ms();
  if (const int signal = options.stop_number ? options.stop_number() : 0; signal != 0)
    report.exit_code = kSignalBase + signal;
  events.emit("run.finished", {{"status", report.status()}, {"exit_code", report.exit_code}});
  MTC_TRY(write_file_atomic(folder.second / "run.json", to_json(report).dump(2) + "\n"));
  return report;
}

}  // namespace mtc::run
