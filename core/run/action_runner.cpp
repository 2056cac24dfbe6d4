// SPDX-License-Identifier: Apache-2.0
#include "core/run/action_runner.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/pipeline/document_diff.hpp"
#include "core/run/numeric_environment.hpp"
#include "core/run/output_folder.hpp"
#include "core/run/package.hpp"
#include "core/run/remote.hpp"

namespace mtc::run {
namespace {

constexpr int kLockPollMs = 50;
/// The lock that all measurements of a store share.
const Digest kMeasurement = "measurement";

int exit_code_of_end(const WorkerOutcome& outcome) {
  switch (outcome.end) {
    case WorkerOutcome::End::done:
      return kOk;
    case WorkerOutcome::End::crash:
      return kPluginCrashed;
    case WorkerOutcome::End::timeout:
      return kTimeout;
    case WorkerOutcome::End::stopped:
      return kInterrupted;
    case WorkerOutcome::End::error:
    case WorkerOutcome::End::over_memory:
      break;
  }
  return exit_code_of(outcome.error);
}

/// The same for an error of the store itself: it is a resource that is not available, unless what a plugin
/// left there is at fault.
int exit_code_of_store(const Error& error) {
  const int code = exit_code_of(error);
  return code == kStageFailed && !error.plugin_fault ? kUnavailable : code;
}

/// The file or folder of an output within staging.
std::filesystem::path staged(const std::filesystem::path& staging, const plugin::Output& output) {
  return staging / "out" / output.file;
}

}  // namespace

int exit_code_of(const Error& error) {
  if (error.code == Code::cancelled) return kInterrupted;
  const bool resource = error.code == Code::unavailable || error.code == Code::resource_exhausted;
  return resource ? kUnavailable : kStageFailed;
}

ActionRunner::ActionRunner(const pipeline::Plan& plan, store::Store& store, Events& events,
                           const RunOptions& options, std::filesystem::path run_folder,
                           const Jobserver* jobserver)
    : plan_(plan),
      store_(store),
      events_(events),
      options_(options),
      run_folder_(std::move(run_folder)),
      jobserver_(jobserver),
      results_(plan.actions.size()),
      elsewhere_(plan.actions.size()),
      history_(store, identity_of(plan, store), run_folder_.filename().string()),
      explainer_(store, history_) {}

OutputOf ActionRunner::output_of() const {
  return [this](std::size_t action, const std::string& name) -> const store::StoredOutput* {
    if (!results_[action]) return nullptr;
    const auto& outputs = results_[action]->outputs;
    const auto found = std::ranges::find(outputs, name, &store::StoredOutput::name);
    return found == outputs.end() ? nullptr : &*found;
  };
}

std::string ActionRunner::stage_name(std::size_t action) const {
  return plan_.variants[plan_.actions[action].variant].name();
}

Result<const FoundDependency*> ActionRunner::dependency(const plugin::Plugin& plugin,
                                                        const plugin::Dependency& wanted) {
  const auto key = std::pair(&plugin, wanted.name);
  auto known = dependencies_.find(key);
  if (known == dependencies_.end()) {
    MTC_ASSIGN(auto found, find_dependency(wanted, plugin, store_));
    known = dependencies_.emplace(key, std::move(found)).first;
  }
  return &known->second;
}

Result<void> ActionRunner::find_dependencies() {
  for (const auto& action : plan_.actions) {
    if (action.plugin == nullptr) continue;
    for (const auto& wanted : action.plugin->manifest.dependencies)
      MTC_TRY(dependency(*action.plugin, wanted));
  }
  return {};
}

std::vector<std::size_t> ActionRunner::missing(const pipeline::Source& source) const {
  using Kind = pipeline::Source::Kind;
  std::vector<std::size_t> actions;
  // A dataset is read from files, which a result of the remote cache does not have here.
  const auto add = [&](const pipeline::Source& part, bool needs_files) {
    if (part.kind != Kind::output) return;
    if (!results_[part.action] || (needs_files && elsewhere_[part.action])) actions.push_back(part.action);
  };
  add(source, false);
  if (source.kind == Kind::dataset) {
    const auto& dataset = plan_.datasets[source.dataset];
    for (const auto& part : dataset.inputs) add(part, true);
    for (const auto& part : dataset.labels) add(part, true);
  }
  return actions;
}

Result<PreparedAction> ActionRunner::prepare(std::size_t index) {
  MTC_ASSIGN(auto prepared, sketch(index));
  if (prepared.waits_for.empty()) return prepared;
  return Error{Code::internal,
               fmt::format("{} comes before what it reads", plan_.actions[index].name),
               {},
               "this is a bug in mtc: please report it with the pipeline file"};
}

Result<PreparedAction> ActionRunner::sketch(std::size_t index) {
  const auto& action = plan_.actions[index];
  PreparedAction prepared;
  pipeline::Facts facts;
  if (action.plugin != nullptr) {
    MTC_ASSIGN(facts.plugin, store_.file_digest(action.plugin->file));
    for (const auto& wanted : action.plugin->manifest.dependencies) {
      MTC_ASSIGN(const auto* found, dependency(*action.plugin, wanted));
      facts.dependencies.emplace_back(wanted.name, found->identity);
      prepared.dependencies[wanted.name] = found->path.string();
    }
  }
  for (const auto& part : action.numeric) {
    MTC_ASSIGN(auto value, numeric_value(part));
    facts.numeric.emplace_back(part, std::move(value));
  }
  for (const auto& input : action.inputs) {
    const auto waits_for = missing(input.source);
    if (!waits_for.empty()) {
      facts.inputs.emplace_back(input.name, pipeline::kUnknownDigest + stage_name(waits_for.front()));
      prepared.waits_for.insert(prepared.waits_for.end(), waits_for.begin(), waits_for.end());
      continue;
    }
    MTC_ASSIGN(auto digest, source_digest(plan_, input.source, output_of(), store_));
    prepared.inputs.push_back(digest);
    facts.inputs.emplace_back(input.name, std::move(digest));
  }
  prepared.document = pipeline::make_document(action, facts);
  if (prepared.waits_for.empty()) prepared.key = digest_of(prepared.document);
  return prepared;
}

Result<bool> ActionRunner::lookup(std::size_t index, const PreparedAction& prepared) {
  if (plan_.actions[index].record) return false;
  MTC_ASSIGN(auto found, store_.find(prepared.key));
  if (!found) return false;
  results_[index] = *std::move(found);
  return true;
}

Result<bool> ActionRunner::fetch(std::size_t index, const PreparedAction& prepared) {
  if (options_.remote == nullptr || plan_.actions[index].record || forced(index)) return false;
  if (options_.remote->fetch(prepared.document)) return lookup(index, prepared);
  if (options_.stop.uttered()) return interrupted();
  return false;
}

bool ActionRunner::ask_remote(std::size_t index, const PreparedAction& prepared) {
  if (options_.remote == nullptr || plan_.actions[index].record || forced(index)) return false;
  results_[index] = options_.remote->find(prepared.document);
  elsewhere_[index] = results_[index].has_value();
  return elsewhere_[index];
}

bool ActionRunner::forced(std::size_t index) const {
  const auto& variant = plan_.variants[plan_.actions[index].variant];
  return options_.rerun.contains(variant.stage) || options_.rerun.contains(variant.name());
}

Explanation ActionRunner::explain(std::size_t index, const PreparedAction& prepared) {
  auto why = explainer_.explain(name_of(plan_, index), prepared.document, prepared.key);
  using Type = pipeline::Reason::Type;
  if (forced(index)) {
    why.reasons = {{Type::forced, {}, {}, {}}};
  } else if (plan_.actions[index].record && !options_.reuse_records) {
    why.reasons = {{Type::measurement, {}, {}, {}}};
  }
  return why;
}

ActionOutcome ActionRunner::execute(std::size_t index, const PreparedAction& prepared) {
  const auto& action = plan_.actions[index];
  const auto known = [&]() -> Result<ActionOutcome> {
    MTC_ASSIGN(auto outcome, reuse(index, prepared));
    if (!outcome.status.empty()) return outcome;
    MTC_ASSIGN(const auto held, lock(index, prepared));
    // Whoever had the lock before may have made the result.
    MTC_ASSIGN(outcome, reuse(index, prepared));
    if (!outcome.status.empty()) return outcome;
    MTC_ASSIGN(const bool fetched, fetch(index, prepared));
    if (!fetched) return attempt(index, prepared);
    outcome.status = "remote_hit";
    return outcome;
  };
  auto outcome = known();
  if (!outcome) {
    ActionOutcome failed;
    failed.status = "failed";
    const bool locked = outcome.error().code == Code::deadline_exceeded;  // Only lock() waits here.
    failed.exit_code = locked ? kLockTimeout : exit_code_of_store(outcome.error());
    failed.error = outcome.error();
    outcome = std::move(failed);
  }
  if (outcome->status == "hit" || outcome->status == "remote_hit" || outcome->status == "record")
    outcome->why.reasons = {{pipeline::Reason::Type::hit, {}, {}, {}}};
  tell_warnings(options_.remote, events_);
  events_.emit("action.finished", {{"stage", stage_name(index)},
                                   {"kind", action.kind},
                                   {"name", action.name},
                                   {"status", outcome->status},
                                   {"key", prepared.key},
                                   {"reasons", pipeline::to_json(outcome->why.reasons)},
                                   {"against", outcome->why.against_json()},
                                   {"seconds", results_[index] ? results_[index]->seconds : 0.0}});
  return *outcome;
}

Result<ActionOutcome> ActionRunner::reuse(std::size_t index, const PreparedAction& prepared) {
  ActionOutcome outcome;
  if (forced(index)) return outcome;
  MTC_ASSIGN(const bool hit, lookup(index, prepared));
  if (hit) {
    outcome.status = "hit";
  } else if (plan_.actions[index].record && options_.reuse_records) {
    MTC_ASSIGN(auto record, store_.newest_record(prepared.key));
    if (!record) return outcome;
    outcome.status = "record";
    // The clock may have been put back since.
    outcome.record_age_s = std::max<std::int64_t>(0, Clock::real().now_unix_s() - record->unix_time);
    results_[index] = std::move(record->result);
  }
  return outcome;
}

Result<store::ActionLock> ActionRunner::lock(std::size_t index, const PreparedAction& prepared) {
  const auto& action = plan_.actions[index];
  // Two measurements would disturb each other, whatever they measure.
  const Digest& name = action.record ? kMeasurement : prepared.key;
  const auto start = Clock::real().monotonic_ns();
  std::string told;
  while (true) {
    MTC_ASSIGN(auto held, store::ActionLock::try_take(store_.root(), name));
    if (held) return *std::move(held);
    const auto holder = store::ActionLock::holder(store_.root(), name);
    if (holder != told) {
      events_.emit(
          "action.waiting",
          {{"stage", stage_name(index)}, {"kind", action.kind}, {"key", prepared.key}, {"holder", holder}});
      told = holder;
    }
    if (options_.lock_timeout_s > 0 &&
        static_cast<double>(Clock::real().monotonic_ns() - start) * 1e-9 > options_.lock_timeout_s) {
      return Error{Code::deadline_exceeded,
                   fmt::format("another run works at the same {}: {}", action.kind, holder),
                   {},
                   "wait for it, or raise --lock-timeout"};
    }
    pollfd stop{options_.stop.descriptor, POLLIN, 0};
    if (::poll(&stop, stop.fd >= 0 ? 1 : 0, kLockPollMs) > 0) return interrupted();
  }
}

ActionOutcome ActionRunner::attempt(std::size_t index, const PreparedAction& prepared) {
  const auto& action = plan_.actions[index];
  ActionOutcome outcome;
  outcome.status = "failed";
  const auto failed = [&](Error error, int exit_code) {
    outcome.exit_code = exit_code;
    outcome.error = std::move(error);
  };
  const auto log =
      run_folder_ / fmt::format("{:03}-{}-{}.log", index, file_name(stage_name(index)), action.kind);
  outcome.log = log.string();
  // Also of an attempt that will fail, so that it can be said why it was made.
  if (auto kept = store_.record_document(prepared.document); !kept) {
    failed(kept.error(), exit_code_of_store(kept.error()));
    return outcome;
  }
  auto staging = store_.stage();
  if (!staging) {
    failed(staging.error(), exit_code_of_store(staging.error()));
    return outcome;
  }
  outcome.why = explain(index, prepared);
  auto worked = work(index, prepared, *staging, outcome);
  if (!worked) {
    failed(worked.error(), exit_code_of(worked.error()));
  } else if (worked->end != WorkerOutcome::End::done) {
    outcome.exit_code = exit_code_of_end(*worked);
    outcome.error = worked->error;
  } else if (auto committed = commit(index, prepared, *staging, *worked); committed) {
    outcome.status = "ran";
    outcome.exit_code = kOk;
    results_[index] = *std::move(committed);
  } else {
    failed(committed.error(), exit_code_of_store(committed.error()));
  }
  store_.discard(*staging);
  if (action.checkpoints && outcome.error) tell_of_checkpoint(prepared, *outcome.error);
  return outcome;
}

void ActionRunner::offer_checkpoints(std::size_t index, const PreparedAction& prepared, Json& spec) {
  const auto folder = store_.checkpoints(prepared.document);
  if (folder) {
    spec["checkpoints"] = folder->string();
    return;
  }
  events_.emit("action.log", {{"stage", stage_name(index)},
                              {"kind", plan_.actions[index].kind},
                              {"level", "warning"},
                              {"text", "runs without checkpoints: " + folder.error().message}});
}

void ActionRunner::tell_of_checkpoint(const PreparedAction& prepared, Error& error) {
  // Without a count the size of the store is off until the next walk.
  const auto there = store_.settle_checkpoints(prepared.key);
  if (!there || !*there) return;
  error.hint += (error.hint.empty() ? "" : "; ") + std::string("the next run continues from its checkpoint");
}

Result<Json> ActionRunner::specification(std::size_t index, const PreparedAction& prepared,
                                         const std::filesystem::path& staging) {
  const auto& action = plan_.actions[index];
  Json spec = {{"kind", action.kind},
               {"plugin", action.plugin->file.string()},
               {"name", action.name},
               {"params", action.params},
               {"target", action.target_values},
               {"inputs", Json::array()},
               {"outputs", Json::array()},
               {"metrics", action.metrics},
               {"dependencies", prepared.dependencies},
               {"scratch", (staging / "scratch").string()}};
  if (action.compare != nullptr) {
    spec["compare"] = {{"name", action.compare->name},
                       {"summary", action.compare->summary},
                       {"params", action.compare->params},
                       {"cpu_flags", action.compare->cpu_flags}};
  }
  for (std::size_t i = 0; i < action.inputs.size(); ++i) {
    const auto& [name, source] = action.inputs[i];
    Json input = {{"name", name}, {"type", source.type}, {"digest", prepared.inputs[i]}};
    if (source.kind == pipeline::Source::Kind::dataset) {
      MTC_ASSIGN(input["dataset"], dataset_view(plan_.datasets[source.dataset], output_of(), store_));
    } else {
      MTC_ASSIGN(const auto path, source_path(source, output_of(), store_));
      input["path"] = path ? path->string() : "";
    }
    if (action.kind == "compile" && name == "model") spec["source_digest"] = prepared.inputs[i];
    spec["inputs"].push_back(std::move(input));
  }
  for (const auto& output : action.outputs) {
    spec["outputs"].push_back({{"name", output.name},
                               {"type", output.type},
                               {"path", staged(staging, output).string()},
                               {"folder", output.folder()}});
  }
  return spec;
}

Result<WorkerOutcome> ActionRunner::work(std::size_t index, const PreparedAction& prepared,
                                         const std::filesystem::path& staging, const ActionOutcome& outcome) {
  const auto& action = plan_.actions[index];
  MTC_TRY(make_directories(staging / "out"));
  MTC_TRY(make_directories(staging / "scratch"));
  for (const auto& output : action.outputs) {
    if (output.folder()) MTC_TRY(make_directories(staged(staging, output)));
  }
  if (action.kind == "package") {
    std::vector<std::pair<std::string, std::filesystem::path>> inputs;
    for (const auto& [name, source] : action.inputs) {
      MTC_ASSIGN(const auto path, source_path(source, output_of(), store_));
      if (path) inputs.emplace_back(name, *path);
    }
    MTC_TRY(write_package(inputs, prepared.inputs, staged(staging, action.outputs.front())));
    return WorkerOutcome{};
  }
  MTC_ASSIGN(auto spec, specification(index, prepared, staging));
  if (action.checkpoints) offer_checkpoints(index, prepared, spec);
  WorkerOptions options;
  options.program = options_.worker;
  options.log = outcome.log;
  options.stop = options_.stop;
  options.timeout_s = options_.timeout_s;
  options.stall_timeout_s = options_.stall_timeout_s;
  const auto& resources = plan_.variants[action.variant].resources;
  options.memory_bytes = resources.memory_bytes > 0 ? resources.memory_bytes : options_.memory_bytes;
  options.descriptors = jobserver_->descriptors();
  options.environment = {{"MAKEFLAGS", Jobserver::makeflags()}};
  options.on_start = [&](int pid) {
    events_.emit("worker.started", {{"stage", stage_name(index)},
                                    {"kind", action.kind},
                                    {"pid", pid},
                                    {"name", action.name},
                                    {"key", prepared.key},
                                    {"reasons", pipeline::to_json(outcome.why.reasons)},
                                    {"against", outcome.why.against_json()},
                                    {"log", outcome.log}});
  };
  options.on_frame = [&](const Json& frame) {
    Json fields = frame;
    const std::string type = frame.value("type", "");
    fields.erase("type");
    fields["stage"] = stage_name(index);
    fields["kind"] = action.kind;
    if (type == "log" || type == "progress" || type == "checkpoint")
      events_.emit("action." + type, std::move(fields));
  };
  return run_worker(spec, options);
}

Result<store::ActionResult> ActionRunner::commit(std::size_t index, const PreparedAction& prepared,
                                                 const std::filesystem::path& staging,
                                                 const WorkerOutcome& outcome) {
  const auto& action = plan_.actions[index];
  std::vector<std::pair<std::string, std::filesystem::path>> outputs;
  for (const auto& output : action.outputs) {
    const auto path = staged(staging, output);
    std::error_code error;
    const bool there = output.folder() ? std::filesystem::is_directory(path, error) &&
                                             !std::filesystem::is_empty(path, error)
                                       : std::filesystem::is_regular_file(path, error);
    if (!there) {
      return Error{Code::internal,
                   fmt::format("{} said success but did not write its output '{}'", action.name, output.name),
                   {},
                   "report it to the plugin's author",
                   false,
                   true};
    }
    outputs.emplace_back(output.name, path);
  }
  store::ActionResult result;
  MTC_ASSIGN(result.outputs, store_.add(staging, outputs));
  result.metrics = outcome.metrics;
  result.seconds = outcome.seconds;
  if (action.record) {
    MTC_TRY(store_.add_record(prepared.document, result));
  } else {
    MTC_TRY(store_.publish(prepared.document, result));
    if (options_.remote != nullptr) options_.remote->offer(prepared.document, result);
  }
  return result;
}

}  // namespace mtc::run
