// SPDX-License-Identifier: Apache-2.0
#include "core/run/past_run.hpp"

#include <fstream>
#include <sstream>

#include "core/base/file.hpp"

namespace mtc::run {
namespace {

constexpr const char* kActions = "actions.jsonl";

PipelineIdentity identity_from(const Json& json) {
  const Json pipeline = json.value("pipeline", Json::object());
  return {pipeline.value("path", ""), pipeline.value("digest", "")};
}

PastAction action_from(const Json& json, const std::string& variant) {
  PastAction action;
  action.variant = variant;
  action.kind = json.value("kind", "");
  action.name = json.value("name", "");
  action.status = json.value("status", "");
  action.key = json.value("key", "");
  action.seconds = json.value("seconds", 0.0);
  action.reasons = pipeline::reasons_from_json(json.value("reasons", Json::array()));
  const Json against = json.value("against", Json());
  if (against.is_string()) action.against = against.get<std::string>();
  return action;
}

PastRun from_report(const Json& report) {
  PastRun run;
  run.id = report.value("run_id", "");
  run.pipeline = identity_from(report);
  for (const auto& stage : report.at("stages")) {
    const auto variant = stage.at("variant_name").get<std::string>();
    if (stage.at("actions").empty()) run.skipped.push_back(variant);
    for (const auto& action : stage.at("actions")) run.add(action_from(action, variant));
  }
  return run;
}

/// Takes the events in that tell of actions.
PastRun from_events(std::istream& stream) {
  PastRun run;
  std::int64_t started_unix_ms = 0;
  for (std::string line; std::getline(stream, line);) {
    const bool started = line.find("\"run.started\"") != std::string::npos;
    if (!started && line.find("\"action.finished\"") == std::string::npos) continue;
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_discarded()) continue;  // Cut short by a kill.
    if (event.value("type", "") == "run.started") {
      run.id = event.value("run_id", "");
      run.pipeline = identity_from(event);
      started_unix_ms = event.value("unix_ms", std::int64_t{0}) - event.value("time_ms", std::int64_t{0});
    } else if (event.value("type", "") == "action.finished") {
      auto action = action_from(event, event.value("stage", ""));
      action.ended_unix_ms = started_unix_ms + event.value("time_ms", std::int64_t{0});
      run.add(std::move(action));
    }
  }
  return run;
}

Error no_run(const std::filesystem::path& path, const std::string& why) {
  return {Code::invalid_argument,
          "'" + path.string() + "' does not tell of a run: " + why,
          {},
          "give a run's folder, what mtc run --json printed, or what --events wrote"};
}

}  // namespace

void PastRun::add(PastAction action) {
  places_[action.variant].push_back(actions_.size());
  actions_.push_back(std::move(action));
}

const PastAction* PastRun::find(const std::string& variant, const std::string& kind, const std::string& name,
                                std::size_t index, std::size_t ordinal) const {
  const PastAction* in_its_place = nullptr;
  const auto places = places_.find(variant);
  if (places == places_.end()) return nullptr;
  for (const auto place : places->second) {
    const auto& action = actions_[place];
    if (action.kind != kind) continue;
    if (ordinal-- == 0) in_its_place = &action;
    if (action.name == name && index-- == 0) return &action;
  }
  return in_its_place;
}

std::vector<std::string> PastRun::variants() const {
  std::vector<std::string> names;
  for (const auto& action : actions_) {
    if (places_.at(action.variant).front() == static_cast<std::size_t>(&action - actions_.data()))
      names.push_back(action.variant);
  }
  return names;
}

PipelineIdentity identity_of(const pipeline::Plan& plan, store::Store& store) {
  if (plan.file.empty()) return {(plan.folder / "(command line)").string(), {}};
  const auto digest = store.file_digest(plan.file);
  return {std::filesystem::absolute(plan.file).lexically_normal().string(), digest ? *digest : Digest()};
}

Json to_json(const PipelineIdentity& identity) {
  return {{"path", identity.path}, {"digest", identity.digest}};
}

Result<Events::Sink> actions_sink(const std::filesystem::path& folder) {
  MTC_ASSIGN(auto sink, file_sink(folder / kActions));
  return Events::Sink([sink](const Json& event) {
    const auto type = event.value("type", "");
    if (type == "run.started" || type == "action.finished") sink(event);
  });
}

Result<PipelineIdentity> read_identity(const std::filesystem::path& run_folder) {
  const auto file = run_folder / kActions;
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line))
    return Error{Code::not_found, "no actions are recorded", file.string(), {}};
  try {
    return identity_from(Json::parse(line));
  } catch (const Json::exception& error) {
    return Error{Code::data_loss, error.what(), file.string(), {}};
  }
}

Result<PastRun> read_run(const std::filesystem::path& path) {
  std::error_code error;
  auto file = path;
  if (std::filesystem::is_directory(path, error)) {
    file = path / kActions;
    if (!std::filesystem::exists(file, error)) file = path / "run.json";
  }
  try {
    MTC_ASSIGN(const std::string text, read_file(file));
    const Json report = Json::parse(text, nullptr, false);
    if (report.is_object() && report.value("schema", "") == "mtc.run/1") return from_report(report);
    std::istringstream stream(text);
    auto run = from_events(stream);
    if (run.id.empty()) return no_run(path, "it has neither events nor a report of one");
    return run;
  } catch (const Json::exception& wrong) {
    return no_run(path, wrong.what());
  }
}

}  // namespace mtc::run
