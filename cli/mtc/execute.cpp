// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/execute.hpp"

#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "cli/mtc/annotations.hpp"
#include "cli/mtc/interrupt.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/progress/progress.hpp"
#include "cli/mtc/quality.hpp"
#include "cli/mtc/remote_options.hpp"
#include "cli/mtc/summary.hpp"
#include "core/base/process.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

Result<run::Events::Sink> events_sink(const std::string& where) {
  if (!where.starts_with("fd:")) {
    auto sink = run::file_sink(where);
    if (!sink) {
      return Error{Code::invalid_argument, "cannot write events to '" + where + "'", "--events",
                   "name a file in a folder that exists and that this user may write to"};
    }
    return sink;
  }
  const auto number = parse_integer(where.substr(3));
  const bool open = number && *number >= 0 && *number <= std::numeric_limits<int>::max() &&
                    fcntl(static_cast<int>(*number), F_GETFD) >= 0;
  if (!open) {
    return Error{Code::invalid_argument, "'" + where + "' is not an open descriptor", "--events",
                 "write fd:3 and open it (3>events.jsonl), or name a file"};
  }
  return run::descriptor_sink(static_cast<int>(*number));
}

/// A time limit; CLI11's own check shows its range as a number of 300 digits.
std::string check_seconds(const std::string& text) {
  const auto seconds = parse_number(text);
  return seconds && *seconds >= 0 ? "" : "'" + text + "' is not a number of seconds, 0 or more";
}

Error gate_error(const run::GateReport& gate, const std::string& stage) {
  const std::string where = "stage '" + stage + "'";
  if (!gate.value || !gate.limit) {
    return {
        Code::aborted,
        fmt::format("gate not checked: {} (this run reported no {})", gate.expr,
                    gate.value ? "limit for it" : "such metric"),
        where,
        "the stage's report shows what it measured; name a metric of it, or give the stage what it needs"};
  }
  return {
      Code::aborted,
      fmt::format("gate failed: {} (the value is {}, the limit {})", gate.expr, number_text(*gate.value),
                  number_text(*gate.limit)),
      where,
      "improve the stage or change its gate; its result is in the store, and only the gate is checked again"};
}

/// -d TOPIC
std::string check_topic(const std::string& text) {
  return text == "explain" ? "" : "no topic is called '" + text + "'; there is: explain";
}

}  // namespace

Result<std::unique_ptr<remote::Cache>> open_remote(const remote::Options& asked, store::Store& store) {
  MTC_ASSIGN(auto options, complete_remote_options(asked));
  if (options.url.empty()) return std::unique_ptr<remote::Cache>();
  options.stop = stop_descriptor();
  return remote::Cache::open(options, store);
}

void tell_remote(remote::Cache& cache) {
  for (const auto& warning : cache.take_warnings()) {
    say(fmt::format("warning: {} ({}){}", warning.message, warning.where,
                    warning.hint.empty() ? "" : "\n  hint: " + warning.hint));
  }
}

void add_execute_options(CLI::App& app, ExecuteOptions& options) {
  app.add_flag("--reuse-records", options.reuse_records,
               "Replay the newest measurement instead of measuring again");
  app.add_option("-j,--jobs", options.jobs, "Stages and compilers that run at once (default: one a CPU)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  app.add_flag("-k,--keep-going", options.keep_going,
               "After a failure run every stage that does not depend on it");
  app.add_option("-d", options.topics, "Say more on stderr: explain (why each action runs); repeatable")
      ->check(check_topic, "")
      ->type_name("TOPIC")
      ->allow_extra_args(false);
  app.add_option("--memory-limit", options.memory_limit,
                 "Most resident memory of one action, where its stage does not say; such as 4G")
      ->check(
          [](const std::string& text) {
            return parse_bytes(text).value_or(0) > 0 ? "" : "'" + text + "' is not a size such as 512M or 4G";
          },
          "")
      ->type_name("SIZE");
  app.add_option(
         "--lock-timeout", options.lock_timeout_s,
         "Longest wait for another run that works at the same action, in seconds; 0 = as long as it takes")
      ->check(check_seconds, "")
      ->type_name("SECONDS");
  app.add_option("--timeout", options.timeout_s, "Longest time of one action, in seconds; 0 = none")
      ->check(check_seconds, "")
      ->type_name("SECONDS");
  app.add_option("--stall-timeout", options.stall_timeout_s,
                 "Longest time without a sign of life, in seconds; 0 = none (default 600)")
      ->check(check_seconds, "")
      ->type_name("SECONDS");
  app.add_option("--progress", options.progress,
                 "How to show progress: a live block on a terminal, else plain lines (default auto)")
      ->check(CLI::IsMember({"auto", "plain", "none"}).description(""))
      ->type_name("auto|plain|none");
  app.add_option("--events", options.events, "Write events as JSON lines to a file or descriptor")
      ->type_name("FILE|fd:N");
  add_remote_options(app, options.remote);
}

Result<run::RunReport> execute(const pipeline::Plan& plan, store::Store& store, const ExecuteOptions& options,
                               const Globals& globals) {
  MTC_TRY(become_subreaper());
  run::RunOptions run_options;
  MTC_ASSIGN(run_options.worker, worker_program());
  run_options.out = options.out;
  run_options.reuse_records = options.reuse_records;
  run_options.stop.descriptor = stop_descriptor();
  run_options.stop_number = stop_signal_number;
  run_options.timeout_s = options.timeout_s;
  run_options.stall_timeout_s = options.stall_timeout_s;
  run_options.lock_timeout_s = options.lock_timeout_s;
  run_options.memory_bytes = parse_bytes(options.memory_limit).value_or(0);
  run_options.keep_going = options.keep_going;
  const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
  run_options.jobs = options.jobs > 0 ? options.jobs : std::max(1, cpus);
  MTC_ASSIGN(const auto remote, open_remote(options.remote, store));
  run_options.remote = remote.get();
  run_options.rerun = {options.rerun.begin(), options.rerun.end()};
  run_options.expected_keys = options.expected_keys;
  run::Events events;
  const auto annotations = annotations_from(globals.annotations);
  // Annotations are lines of stderr as well, which would get into a live block.
  const bool live = options.progress == "auto" && annotations == Annotations::none;
  const bool explains = std::ranges::find(options.topics, "explain") != options.topics.end();
  Progress progress({live || options.progress == "none" ? options.progress : "plain", explains});
  events.add([&](const Json& event) {
    if (const auto shown = options.shown ? options.shown(event) : event) progress.event(*shown);
  });
  events.add(annotation_sink(annotations));
  if (!options.events.empty()) {
    MTC_ASSIGN(auto sink, events_sink(options.events));
    events.add(std::move(sink));
  }
  return run::run_plan(plan, store, events, run_options);
}

int print_report(const run::RunReport& report, const pipeline::Plan& plan, const Globals& globals) {
  const auto style = annotations_from(globals.annotations);
  for (std::size_t i = 0; i < report.stages.size(); ++i) {
    const auto& stage = report.stages[i];
    const auto tell = [&](const Error& error) {
      say_error(error);
      annotate_error(style, error, plan.variants[i].place);
    };
    if (stage.error) tell(*stage.error);
    for (const auto& gate : stage.gates) {
      if (!gate.ok) tell(gate_error(gate, stage.name));
    }
  }
  for (const auto& warning : quality_warnings(report, plan)) say(warning);
  if (report.exit_code == run::kRemoteFailed) {
    say_error({Code::unavailable,
               fmt::format("{} requests to the remote cache failed", report.remote->failures),
               "--remote-strict", "see the warnings above; the results are in the local store"});
  }
  if (globals.json) {
    Json document = run::to_json(report);
    if (Json pareto = pareto_json(report, plan); !pareto.is_null()) document["pareto"] = std::move(pareto);
    print_json(document);
  } else if (const auto table = summary_table(report, plan); !table.empty()) {
    print(table);
  }
  if (report.remote) {
    const auto& remote = *report.remote;
    say(fmt::format("remote cache: {} hits, {} misses, {} uploads ({} down, {} up)", remote.hits,
                    remote.misses, remote.uploads, human_bytes(remote.bytes_down),
                    human_bytes(remote.bytes_up)));
  }
  say(fmt::format("store: {} in {}", human_bytes(report.store_bytes), report.store));
  return report.exit_code;
}

}  // namespace mtc::cli
