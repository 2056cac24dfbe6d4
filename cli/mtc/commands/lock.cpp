// SPDX-License-Identifier: Apache-2.0
//
// mtc lock FILE [--check]
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_options.hpp"
#include "core/run/lock_state.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

struct LockArguments {
  PipelineOptions pipeline;
  bool check = false;
};

Json pin_json(const run::Drift::Pin& pin) {
  Json json = Json::object();
  if (!pin.version.empty()) json["version"] = pin.version;
  if (!pin.digest.empty()) json["sha256"] = pin.digest;
  return json;
}

Json drift_json(const run::Drift& drift) {
  Json json = {{"kind", drift.kind},
               {"name", drift.name},
               {"old", drift.is_new ? Json() : pin_json(drift.before)},
               {"new", pin_json(drift.now)}};
  if (!drift.platform.empty()) json["platform"] = drift.platform;
  return json;
}

void show_drifts(const std::vector<run::Drift>& drifts, const std::filesystem::path& lock, bool json) {
  if (!json) {
    for (const auto& drift : drifts) print(run::describe(drift));
    return;
  }
  Json list = Json::array();
  for (const auto& drift : drifts) list.push_back(drift_json(drift));
  print_json({{"schema", "mtc.lock/1"}, {"lock", lock.string()}, {"differences", list}});
}

Result<int> check_only(const run::LockFile& now, const LockArguments& arguments, const Globals& globals) {
  const auto path = std::filesystem::path(arguments.pipeline.file).parent_path() / run::kLockName;
  auto locked = run::read_lock(path);
  if (!locked && locked.error().code == Code::not_found) {
    return Error{Code::invalid_argument, "there is no lock file", path.string(),
                 "write it with: mtc lock " + words_of(arguments.pipeline)};
  }
  if (!locked) return locked.error();
  const auto drifts = run::drift_of(*locked, now);
  show_drifts(drifts, path, globals.json);
  say(drifts.empty() ? fmt::format("{} fits", path.string())
                     : fmt::format("{} differs; accept this with: mtc lock {}", path.string(),
                                   words_of(arguments.pipeline)));
  return drifts.empty() ? run::kOk : run::kUsage;
}

Result<int> lock_pipeline(const LockArguments& arguments, const Globals& globals) {
  MTC_ASSIGN(const auto options, load_options(arguments.pipeline));
  MTC_ASSIGN(const auto file, config::load_pipeline(arguments.pipeline.file, options));
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_ASSIGN(const auto now, run::lock_state(file, plan, store));
  if (arguments.check) return check_only(now, arguments, globals);
  const auto path = std::filesystem::path(arguments.pipeline.file).parent_path() / run::kLockName;
  MTC_ASSIGN(const auto drifts, run::update_lock(file.folder, now));
  show_drifts(drifts, path, globals.json);
  say(drifts.empty() ? fmt::format("{} fitted already", path.string())
                     : fmt::format("wrote {}", path.string()));
  return run::kOk;
}

}  // namespace

void add_lock(CLI::App& app, Globals& globals, int& exit_code) {
  const auto arguments = std::make_shared<LockArguments>();
  auto* command =
      app.add_subcommand("lock", "Pin plugins, models, data and targets of a pipeline in mtc.lock");
  add_pipeline_options(*command, arguments->pipeline)->required();
  command->add_flag("--check", arguments->check,
                    "Write nothing: show what differs, and exit with 2 when anything does");
  add_global_options(*command, globals);
  command->footer("Example: mtc lock pipeline.toml && mtc run pipeline.toml --locked");
  command->callback([arguments, &globals, &exit_code] {
    exit_code = conclude(globals, lock_pipeline(*arguments, globals));
  });
}

}  // namespace mtc::cli
