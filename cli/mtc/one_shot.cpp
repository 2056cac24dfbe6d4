// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/one_shot.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/mtc/flag_of_place.hpp"
#include "cli/mtc/output.hpp"
#include "core/run/output_folder.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

/// `model.int8.onnx` for the first output; `model.int8.report.json` for a further one.
std::filesystem::path place_of(const std::filesystem::path& output, const plugin::Output& declared,
                               bool first) {
  if (first) return output;
  return output.parent_path() / (output.stem().string() + "." + declared.file);
}

/// Refuses places for the outputs where something of another kind lies: a folder for a file, or a file for a
/// folder. Nothing replaces that.
Result<void> check_places(const OneShot& job, const pipeline::Plan& plan) {
  const auto variant = std::ranges::find(plan.variants, job.stage, &pipeline::Variant::stage);
  if (job.output.empty() || variant == plan.variants.end()) return {};
  bool first = true;
  for (const auto& declared : plan.actions[variant->main_action()].outputs) {
    const auto place = place_of(job.output, declared, first);
    first = false;
    std::error_code error;  // What cannot be looked at is found when it is written.
    const bool exists = std::filesystem::exists(place, error);
    if (!exists || std::filesystem::is_directory(place, error) == declared.folder()) continue;
    return Error{Code::already_exists,
                 fmt::format("'{}' is a {}, but the output '{}' is a {}", place.string(),
                             declared.folder() ? "file" : "folder", declared.name,
                             declared.folder() ? "folder" : "file"),
                 "--output", "give another name, or move it away"};
  }
  return {};
}

/// What a package holds is shown where people find it: in the package.
void show_in_package(const pipeline::Plan& plan, const pipeline::Action& action,
                     const std::filesystem::path& package, run::RunReport& report) {
  if (action.kind != "package") return;
  for (const auto& [name, source] : action.inputs) {
    if (name != "artifact" || source.kind != pipeline::Source::Kind::output) continue;
    auto& outputs = report.stages[plan.actions[source.action].variant].outputs;
    if (const auto held = outputs.find(source.output); held != outputs.end())
      held->second.path = package.string();
  }
}

Result<void> deliver(const OneShot& job, const pipeline::Plan& plan, store::Store& store,
                     run::RunReport& report) {
  for (std::size_t i = 0; i < plan.variants.size(); ++i) {
    if (plan.variants[i].stage != job.stage) continue;
    auto& stage = report.stages[i];
    if (stage.status == "failed" || stage.status == "skipped") continue;
    const auto& action = plan.actions[plan.variants[i].main_action()];
    const auto& declared = action.outputs;
    for (std::size_t k = 0; k < declared.size(); ++k) {
      const auto found = stage.outputs.find(declared[k].name);
      if (found == stage.outputs.end()) continue;
      const auto destination = place_of(job.output, declared[k], k == 0);
      MTC_TRY(store.materialise(
          {declared[k].name, found->second.digest, found->second.bytes, declared[k].folder()}, destination));
      found->second.path = destination.string();
      if (k == 0) show_in_package(plan, action, destination, report);
      say(fmt::format("{}: {}", declared[k].name, destination.string()));
    }
  }
  return {};
}

}  // namespace

Result<int> run_one_shot(const OneShot& job, const Globals& globals, const plugin::Registry& registry,
                         const ExecuteOptions& execute_options) {
  if (job.emit_toml && globals.json) {
    print_json({{"schema", "mtc.pipeline/1"}, {"toml", job.text}});
    return run::kOk;
  }
  if (job.emit_toml) {
    print(job.text.substr(0, job.text.find_last_not_of('\n') + 1));
    return run::kOk;
  }
  std::error_code error;
  if (!job.output.empty() && std::filesystem::exists(job.output, error) && !job.force) {
    return Error{Code::already_exists, fmt::format("'{}' exists", job.output.string()), "--output",
                 "give another name, or --force to replace it"};
  }
  if (!job.output.empty())
    MTC_TRY(run::check_can_write(job.output.parent_path(), "choose another place with --output"));
  const auto file = config::parse_pipeline(job.text, kCommandLine, std::filesystem::current_path(), {});
  if (!file) return at_flag(file.error(), job.text);
  const auto planned = pipeline::make_plan(*file, registry);
  if (!planned) return at_flag(planned.error(), job.text);
  const auto& plan = *planned;
  MTC_TRY(check_places(job, plan));
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_ASSIGN(auto report, execute(plan, store, execute_options, globals));
  if (!job.output.empty()) MTC_TRY(deliver(job, plan, store, report));
  return print_report(report, plan, globals);
}

}  // namespace mtc::cli
