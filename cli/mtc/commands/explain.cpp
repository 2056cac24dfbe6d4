// SPDX-License-Identifier: Apache-2.0
//
// mtc explain STAGE [FILE]
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/execute.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_options.hpp"
#include "cli/mtc/remote_options.hpp"
#include "cli/mtc/stage_names.hpp"
#include "core/run/explain_stage.hpp"

namespace mtc::cli {
namespace {

struct ExplainArguments {
  std::string stage;
  PipelineOptions pipeline;
  std::string run;
  std::string against;
  bool reuse_records = false;
  remote::Options remote;
};

/// What was explained: a run, or what one would do.
struct Explained {
  std::string run;  ///< Id; empty for what would be.
  std::string pipeline;
  std::vector<run::ExplainedAction> actions;
};

/// What "status" means in a sentence.
std::string status_text(const std::string& status, bool past) {
  if (status == "hit") return past ? "was a hit" : "is a hit";
  if (status == "remote_hit") return past ? "came from the remote cache" : "would come from the remote cache";
  if (status == "record") return "replayed a measurement";
  if (status == "measure") return "would measure";
  if (status == "unknown") return "is not known yet";
  if (status == "failed") return "failed; it was started since";
  return past ? "ran" : "would run";
}

void print_explained(const Explained& explained) {
  for (const auto& action : explained.actions) {
    print(fmt::format("{}: {} {} {}: {}", action.variant, action.kind, action.name,
                      status_text(action.status, !explained.run.empty()),
                      pipeline::sentence(action.why.reasons)));
    if (!action.why.against.empty()) print("  compared with run " + action.why.against);
    for (const auto& change : action.diff) print(fmt::format("  {} {}", change.sign, change.line));
  }
}

Json explained_json(const Explained& explained) {
  Json json = {{"schema", "mtc.explain/1"},
               {"run", explained.run.empty() ? Json() : Json(explained.run)},
               {"pipeline", explained.pipeline},
               {"actions", Json::array()}};
  for (const auto& action : explained.actions) {
    Json diff = Json::array();
    for (const auto& change : action.diff)
      diff.push_back({{"sign", std::string(1, change.sign)}, {"line", change.line}});
    Json against;
    if (!action.why.against.empty()) against = {{"run", action.why.against}, {"key", action.why.against_key}};
    json["actions"].push_back({{"stage", action.variant},
                               {"kind", action.kind},
                               {"name", action.name},
                               {"status", action.status},
                               {"key", action.key},
                               {"reasons", pipeline::to_json(action.why.reasons)},
                               {"reason", pipeline::sentence(action.why.reasons)},
                               {"against", against},
                               {"diff", diff}});
  }
  return json;
}

class Command {
 public:
  Command(const ExplainArguments& arguments, const Globals& globals, store::Store& store,
          remote::Cache* remote)
      : arguments_(arguments), globals_(globals), store_(store), remote_(remote) {
    document_of_ = [this](const Digest& key) { return document(key); };
  }

  Result<Explained> explain() {
    if (!arguments_.against.empty()) {
      MTC_ASSIGN(against_, run::find_run(arguments_.against, store_));
    }
    return arguments_.pipeline.file.empty() ? past() : planned();
  }

 private:
  std::optional<std::string> document(const Digest& key) {
    const auto here = store_.document(key);
    if (here && *here) return **here;
    return remote_ == nullptr ? std::nullopt : remote_->find_document(key);
  }

  [[nodiscard]] const run::Comparand* against() const { return against_ ? &*against_ : nullptr; }

  Result<Explained> planned() {
    MTC_ASSIGN(const auto file, load_pipeline(arguments_.pipeline));
    const auto registry = scan_registry(globals_);
    MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
    MTC_TRY(check_stage(arguments_.stage, variant_names(plan), arguments_.pipeline.file));
    run::RunOptions options;
    options.remote = remote_;
    options.reuse_records = arguments_.reuse_records;
    MTC_ASSIGN(const auto stages, run::inspect_plan(plan, store_, options));
    return Explained{{},
                     run::identity_of(plan, store_).path,
                     run::explain_planned(plan, stages, arguments_.stage, against(), store_, document_of_)};
  }

  Result<Explained> past() {
    std::string id = arguments_.run;
    if (id.empty()) {
      MTC_ASSIGN(const auto newest, store_.newest_run());
      if (!newest) {
        return Error{Code::not_found, "there was no run yet", store_.root().string(),
                     "name a pipeline file, to see what a run of it would do"};
      }
      id = newest->filename().string();
    }
    MTC_ASSIGN(const auto found, run::find_run(id, store_));
    if (const auto skipped = skipped_in(id); std::ranges::any_of(
            skipped, [this](const auto& variant) { return run::is_meant(variant, arguments_.stage); })) {
      say(fmt::format("{} was skipped in run {}: what it depends on, or a stage before it, failed",
                      arguments_.stage, id));
    } else {
      MTC_TRY(check_stage(arguments_.stage, found.run.variants(),
                          fmt::format("run {} of {}", id, found.run.pipeline.path)));
    }
    return Explained{found.run.id, found.run.pipeline.path,
                     run::explain_past(found.run, arguments_.stage, against(), store_, document_of_)};
  }

  /// Variants that the report of a run names although none of their actions was come to.
  [[nodiscard]] std::vector<std::string> skipped_in(const std::string& id) const {
    const auto report = run::read_run(store_.run_folder(id) / "run.json");
    return report ? report->skipped : std::vector<std::string>();
  }

  const ExplainArguments& arguments_;
  const Globals& globals_;
  store::Store& store_;
  remote::Cache* remote_;
  run::DocumentOf document_of_;
  std::optional<run::Comparand> against_;
};

Result<int> explain(const ExplainArguments& arguments, const Globals& globals) {
  if (!arguments.run.empty() && !arguments.pipeline.file.empty()) {
    return Error{Code::invalid_argument, "a pipeline file and --run exclude each other", "--run",
                 "leave one out: a file asks what a run would do, --run what one did"};
  }
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_ASSIGN(const auto remote, open_remote(arguments.remote, store));
  MTC_ASSIGN(const auto explained, Command(arguments, globals, store, remote.get()).explain());
  if (remote) tell_remote(*remote);
  if (globals.json) {
    print_json(explained_json(explained));
  } else {
    print_explained(explained);
  }
  return run::kOk;
}

}  // namespace

void add_explain(CLI::App& app, Globals& globals, int& exit_code) {
  const auto arguments = std::make_shared<ExplainArguments>();
  auto* command = app.add_subcommand("explain", "Say why a stage ran, or would run");
  command->add_option("stage", arguments->stage, "A stage, or one variant: 'score[target=cpu.portable]'")
      ->required()
      ->type_name("STAGE");
  add_pipeline_options(*command, arguments->pipeline)
      ->description("Pipeline file, to say what a run of it would do (default: what the last run did)");
  command->add_option("--run", arguments->run, "The run to explain (default: the last one)")
      ->type_name("RUN");
  command
      ->add_option(
          "--against", arguments->against,
          "The run to compare with: an id, or the path of a run's folder, of what mtc run --json printed "
          "or of what --events wrote, also of another machine (default: the run before of this pipeline)")
      ->type_name("RUN");
  command->add_flag("--reuse-records", arguments->reuse_records, "As for a run with this flag");
  add_remote_options(*command, arguments->remote);
  add_global_options(*command, globals);
  command->footer(
      "Example: mtc explain int8\n         mtc explain score pipeline.toml --against other/run.json");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, explain(*arguments, globals)); });
}

}  // namespace mtc::cli
