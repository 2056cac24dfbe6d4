// SPDX-License-Identifier: Apache-2.0
//
// From references to sources: what each declared input of a stage reads, and the implicit actions in between.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "core/pipeline/planner.hpp"
#include "core/pipeline/target_params.hpp"

namespace mtc::pipeline {
namespace {

/// Whether a value of type `given` may be read as `wanted`. A plain model is an artifact of target
/// `reference`.
bool fits(const std::string& given, const std::string& wanted) {
  return given == wanted || wanted == "any" || (wanted == "artifact" && given == "model");
}

bool is_implicit(const std::string& type) { return type == "predictions" || type == "timings"; }

Source output_source(const std::string& type, std::size_t action, const std::string& output,
                     const config::Place& place) {
  Source source;
  source.kind = Source::Kind::output;
  source.type = type;
  source.action = action;
  source.output = output;
  source.place = place;
  return source;
}

/// "a model", "an artifact", "predictions".
std::string with_article(const std::string& type) {
  if (is_implicit(type)) return type;
  return (type == "artifact" || type == "any" ? "an " : "a ") + type;
}

bool takes_implicit(const plugin::Stage& stage) {
  return std::ranges::any_of(stage.inputs, [](const auto& input) { return is_implicit(input.type); });
}

}  // namespace

Result<Source> Planner::named_source(const Bound& bound) {
  const auto& name = bound.reference.name;
  const auto model = std::ranges::find(file_.models, name, &config::ModelEntry::name);
  const bool is_data = std::ranges::find(file_.data, name, &config::DataEntry::name) != file_.data.end();
  if (!bound.reference.output.empty() && (model != file_.models.end() || is_data)) {
    return plan_error(bound.place, Code::invalid_argument,
                      fmt::format("'{}' has no outputs: it is not a stage", name),
                      fmt::format("write '{}'", name));
  }
  Source source;
  source.place = bound.place;
  if (model != file_.models.end()) {
    std::error_code error;
    if (!std::filesystem::exists(model->path, error)) {
      return plan_error(model->place, Code::not_found,
                        fmt::format("the model '{}' does not exist", model->path.string()), "check the path");
    }
    const bool folder = std::filesystem::is_directory(model->path, error);
    if (folder && !std::filesystem::exists(model->path / "artifact.toml", error)) {
      return plan_error(model->place, Code::invalid_argument,
                        fmt::format("'{}' is a folder without artifact.toml", model->path.string()),
                        "give an ONNX file, or the folder that `mtc compile` wrote");
    }
    if (!folder && std::filesystem::file_size(model->path, error) == 0) {
      return plan_error(model->place, Code::invalid_argument,
                        fmt::format("the model '{}' is empty", model->path.string()), "export it again");
    }
    source.type = folder ? "artifact" : "model";
    source.path = model->path;
    return source;
  }
  if (is_data) {
    source.kind = Source::Kind::dataset;
    source.type = "dataset";
    MTC_ASSIGN(source.dataset, dataset(name, bound.place, bound.variant));
    return source;
  }
  return plan_error(bound.place, Code::not_found,
                    fmt::format("no model, dataset or stage is called '{}'", name),
                    suggestion(name, all_names()));
}

Result<Source> Planner::output_of(const Bound& bound) {
  const Variant& variant = plan_.variants[*bound.variant];
  const auto& wanted = bound.reference.output;
  std::vector<std::string> known;
  // The stage's own action first, then its implicit ones in their order (predictions, timings).
  std::vector<std::size_t> actions{variant.main_action()};
  actions.insert(actions.end(), variant.actions.begin(), variant.actions.end() - 1);
  for (const auto action : actions) {
    for (const auto& output : plan_.actions[action].outputs) {
      known.push_back(output.name);
      if (output.name == wanted) return output_source(output.type, action, output.name, bound.place);
    }
  }
  return plan_error(bound.place, Code::not_found,
                    wanted.empty()
                        ? fmt::format("'{}' is a stage; say which output", bound.reference.name)
                        : fmt::format("stage '{}' has no output '{}'", bound.reference.name, wanted),
                    suggestion(wanted, known));
}

Result<Source> Planner::resolve(const Bound& bound, const std::string& wanted_type) {
  const bool from_stage = bound.variant && !makers_.contains(bound.reference.name);
  MTC_ASSIGN(auto source, from_stage ? output_of(bound) : named_source(bound));
  const bool runs = is_implicit(wanted_type) && fits(source.type, "artifact");
  if (fits(source.type, wanted_type) || runs) return source;
  return plan_error(
      bound.place, Code::invalid_argument,
      fmt::format("'{}' is {}, but {} is wanted here",
                  bound.reference.name + (bound.reference.output.empty() ? "" : "." + bound.reference.output),
                  with_article(source.type), with_article(wanted_type)),
      wanted_type == "artifact"
          ? "compile it first: uses = \"compile\""
          : fmt::format("name {}, or the output of a stage that makes one", with_article(wanted_type)));
}

bool Planner::has_parameter(const plugin::Stage& definition, const std::string& name) const {
  if (definition.param(name) != nullptr) return true;
  // The other parameters of compile, and of what runs an artifact, are those of the target, whichever that
  // is.
  if (definition.name == "compile") return !targets_with(registry_, "compile", name).empty();
  return takes_implicit(definition) && !targets_with(registry_, "run", name).empty();
}

Result<void> Planner::check_keys(const config::StageEntry& stage, const plugin::Stage& definition) const {
  std::vector<std::string> known;
  for (const auto& input : definition.inputs) known.push_back(input.name);
  if (!definition.target_sections.empty() || definition.name == "compile") known.emplace_back("target");
  if (takes_implicit(definition)) known.insert(known.end(), {"artifact", "data"});
  const auto check = [&](const std::string& key, const config::Place& place) -> Result<void> {
    if (std::ranges::find(known, key) != known.end()) return {};
    return plan_error(
        place, Code::invalid_argument, fmt::format("{} has no input '{}'", definition.name, key),
        has_parameter(definition, key)
            ? fmt::format("'{}' is a parameter: parameters belong in [stage.{}.with]", key, stage.name)
            : suggestion(key, known));
  };
  for (const auto& [key, value] : stage.inputs) MTC_TRY(check(key, value.place));
  for (const auto& [key, value] : stage.matrix) {
    if (!key.starts_with("with.")) MTC_TRY(check(key, value.place));
  }
  return {};
}

Result<Source> Planner::session_input(const config::StageEntry& stage, const plugin::Input& input,
                                      const Source& artifact, const Combination& combination,
                                      const SessionParams& params) {
  std::optional<Source> data;
  const auto found = combination.inputs.find("data");
  if (found != combination.inputs.end() && !found->second.empty()) {
    MTC_ASSIGN(data, resolve(found->second.front(), "dataset"));
  } else if (input.type == "predictions") {
    return plan_error(stage.place, Code::invalid_argument,
                      fmt::format("stage '{}' has an artifact to run but no data", stage.name),
                      "add data = \"NAME\"");
  }
  const std::string kind = input.type == "predictions" ? "predict" : "measure";
  MTC_ASSIGN(const auto action, run_session(kind, artifact, data, params, artifact.place));
  return output_source(input.type, action, input.type, artifact.place);
}

Result<void> Planner::check_labels(const config::StageEntry& stage, const plugin::Input& input,
                                   const Source& source) const {
  if (!input.labels || source.kind != Source::Kind::dataset) return {};
  const Dataset& data = plan_.datasets[source.dataset];
  if (data.labelled) return {};
  return plan_error(
      source.place, Code::invalid_argument,
      fmt::format("stage '{}' needs labels, but dataset '{}' has none", stage.name, data.name),
      "give labels (--labels FILE): an .npy for arrays; for images a CSV with the columns file,label, or "
      "a sub-folder for each class");
}

Result<void> Planner::check_same_data(const config::StageEntry& stage,
                                      const std::vector<NamedSource>& inputs) const {
  const auto dataset_of = [&](const std::string& name) -> std::optional<std::size_t> {
    for (const auto& input : inputs) {
      if (input.name != name || input.source.kind != Source::Kind::output) continue;
      for (const auto& from : plan_.actions[input.source.action].inputs) {
        if (from.source.kind == Source::Kind::dataset) return from.source.dataset;
      }
    }
    return std::nullopt;
  };
  const auto own = dataset_of("predictions");
  if (!own) return {};
  const auto labels = std::ranges::find(inputs, "data", &NamedSource::name);
  if (labels != inputs.end() && labels->source.dataset != *own) {
    return plan_error(labels->source.place, Code::invalid_argument,
                      fmt::format("stage '{}' scores predictions of '{}' with the labels of '{}'", stage.name,
                                  plan_.datasets[*own].name, plan_.datasets[labels->source.dataset].name),
                      fmt::format("use data = \"{}\"", plan_.datasets[*own].name));
  }
  const auto other = dataset_of("baseline");
  if (!other || *own == *other) return {};
  return plan_error(stage.place, Code::invalid_argument,
                    fmt::format("stage '{}' compares predictions of '{}' with a baseline of '{}'", stage.name,
                                plan_.datasets[*own].name, plan_.datasets[*other].name),
                    "evaluate both on the same dataset");
}

Result<void> Planner::check_artifact(const config::StageEntry& stage, const plugin::Stage& definition,
                                     const Combination& combination) {
  const auto artifact = combination.inputs.find("artifact");
  if (artifact == combination.inputs.end() || definition.input("artifact") != nullptr) return {};
  for (const auto& input : definition.inputs) {
    if (definition.runs_artifact(input) && !combination.inputs.contains(input.name)) return {};
  }
  std::string given;
  for (const auto& input : definition.inputs) {
    if (definition.runs_artifact(input)) given = input.name;
  }
  return plan_error(artifact->second.front().place, Code::invalid_argument,
                    fmt::format("stage '{}' has {}, so its artifact would not be run", stage.name, given),
                    fmt::format("remove artifact or {}", given));
}

Result<std::vector<NamedSource>> Planner::stage_inputs(const config::StageEntry& stage,
                                                       const plugin::Stage& definition,
                                                       const Combination& combination,
                                                       const SessionParams& session_params) {
  MTC_TRY(check_artifact(stage, definition, combination));
  std::vector<NamedSource> inputs;
  bool runs = false;
  const auto run = [&](const plugin::Input& input, const Source& artifact) {
    const bool own = definition.runs_artifact(input);
    runs = runs || own;
    const SessionParams others{session_params.shared, {}};
    return session_input(stage, input, artifact, combination, own ? session_params : others);
  };
  for (const auto& input : definition.inputs) {
    const auto found = combination.inputs.find(input.name);
    if (found != combination.inputs.end()) {
      if (found->second.size() > 1 && !input.many) {
        return plan_error(found->second.front().place, Code::invalid_argument,
                          fmt::format("input '{}' of {} takes one value, not {}", input.name, definition.name,
                                      found->second.size()),
                          "name one");
      }
      for (const auto& bound : found->second) {
        MTC_ASSIGN(auto source, resolve(bound, input.type));
        MTC_TRY(check_labels(stage, input, source));
        if (is_implicit(input.type) && fits(source.type, "artifact")) {
          MTC_ASSIGN(source, run(input, source));
        }
        inputs.push_back({input.name, std::move(source)});
      }
      continue;
    }
    const auto artifact = combination.inputs.find("artifact");
    if (definition.runs_artifact(input) && artifact != combination.inputs.end()) {
      MTC_ASSIGN(const auto subject, resolve(artifact->second.front(), "artifact"));
      MTC_ASSIGN(auto source, run(input, subject));
      inputs.push_back({input.name, std::move(source)});
    } else if (input.type == "model" && !input.optional && file_.models.size() == 1) {
      Bound bound;
      bound.reference.name = file_.models.front().name;
      bound.place = stage.place;
      MTC_ASSIGN(auto source, named_source(bound));
      inputs.push_back({input.name, std::move(source)});
    } else if (!input.optional) {
      return plan_error(stage.place, Code::invalid_argument,
                        fmt::format("stage '{}' ({}) has no '{}'", stage.name, definition.name, input.name),
                        definition.runs_artifact(input)
                            ? "add artifact = \"STAGE.artifact\" and data = \"NAME\""
                            : fmt::format("add {} = \"…\" ({})", input.name, input.help));
    }
  }
  if (!runs && !session_params.own.empty()) {
    const auto& [name, value] = *session_params.own.begin();
    return plan_error(value.place, Code::invalid_argument,
                      fmt::format("stage '{}' runs no artifact, so '{}' would do nothing", stage.name, name),
                      "give it to the stage that makes its predictions, or remove it");
  }
  MTC_TRY(check_same_data(stage, inputs));
  return inputs;
}

}  // namespace mtc::pipeline
