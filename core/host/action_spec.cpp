// SPDX-License-Identifier: Apache-2.0
#include "core/host/action_spec.hpp"

#include <cstdint>
#include <filesystem>
#include <utility>

namespace mtc::host {
namespace {

Error bad(const std::string& what) {
  return Error{Code::internal, "the action specification is not valid: " + what, "action specification",
               "use mtc and mtc-worker of the same build"};
}

Result<std::string> text(const Json& json, const char* key, bool required) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) {
    if (required) return bad(std::string("no ") + key);
    return std::string();
  }
  if (!found->is_string()) return bad(std::string(key) + " is " + found->dump());
  return found->get<std::string>();
}

/// An object or list member; `missing` when absent or null.
Result<Json> member(const Json& json, const char* key, Json::value_t type) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return Json(type);
  if (found->type() != type) return bad(std::string(key) + " is " + found->dump());
  return *found;
}

Result<ActionKind> parse_kind(const Json& json) {
  MTC_ASSIGN(const std::string kind, text(json, "kind", true));
  if (kind == "stage") return ActionKind::stage;
  if (kind == "compile") return ActionKind::compile;
  if (kind == "predict") return ActionKind::predict;
  if (kind == "measure") return ActionKind::measure;
  return bad("kind is " + kind);
}

Result<void> parse_inputs(const Json& json, std::vector<SpecInput>& inputs) {
  MTC_ASSIGN(const Json list, member(json, "inputs", Json::value_t::array));
  for (const auto& item : list) {
    if (!item.is_object()) return bad("an input is " + item.dump());
    SpecInput input;
    MTC_ASSIGN(input.name, text(item, "name", true));
    MTC_ASSIGN(input.type, text(item, "type", true));
    MTC_ASSIGN(input.path, text(item, "path", false));
    MTC_ASSIGN(input.digest, text(item, "digest", false));
    input.dataset = item.value("dataset", Json());
    if (input.path.empty() && input.dataset.is_null())
      return bad("input " + input.name + " has neither path nor dataset");
    inputs.push_back(std::move(input));
  }
  return {};
}

Result<void> parse_outputs(const Json& json, std::vector<SpecOutput>& outputs) {
  MTC_ASSIGN(const Json list, member(json, "outputs", Json::value_t::array));
  for (const auto& item : list) {
    if (!item.is_object()) return bad("an output is " + item.dump());
    SpecOutput output;
    MTC_ASSIGN(output.name, text(item, "name", true));
    MTC_ASSIGN(output.type, text(item, "type", false));
    MTC_ASSIGN(output.path, text(item, "path", true));
    const auto folder = item.find("folder");
    output.folder = folder != item.end() && folder->is_boolean() && folder->get<bool>();
    outputs.push_back(std::move(output));
  }
  return {};
}

/// A list of strings; empty when absent.
Result<std::vector<std::string>> texts(const Json& json, const char* key) {
  MTC_ASSIGN(const Json list, member(json, key, Json::value_t::array));
  std::vector<std::string> words;
  for (const auto& word : list) {
    if (!word.is_string()) return bad(std::string("an item of ") + key + " is " + word.dump());
    words.push_back(word.get<std::string>());
  }
  return words;
}

Result<std::optional<SpecComparison>> parse_comparison(const Json& json) {
  MTC_ASSIGN(const Json given, member(json, "compare", Json::value_t::object));
  if (given.empty()) return std::optional<SpecComparison>();
  SpecComparison comparison;
  MTC_ASSIGN(comparison.name, text(given, "name", true));
  MTC_ASSIGN(comparison.summary, text(given, "summary", true));
  MTC_ASSIGN(comparison.params, member(given, "params", Json::value_t::object));
  MTC_ASSIGN(comparison.cpu_flags, texts(given, "cpu_flags"));
  return std::optional(std::move(comparison));
}

}  // namespace

Result<ActionSpec> ActionSpec::parse(const Json& json) {
  if (!json.is_object()) return bad("not an object");
  ActionSpec spec;
  MTC_ASSIGN(spec.kind, parse_kind(json));
  MTC_ASSIGN(spec.plugin, text(json, "plugin", true));
  MTC_ASSIGN(spec.plugin_id, text(json, "plugin_id", false));
  if (spec.plugin_id.empty()) spec.plugin_id = std::filesystem::path(spec.plugin).stem().string();
  MTC_ASSIGN(spec.name, text(json, "name", true));
  MTC_ASSIGN(spec.params, member(json, "params", Json::value_t::object));
  MTC_ASSIGN(spec.target, member(json, "target", Json::value_t::object));
  MTC_TRY(parse_inputs(json, spec.inputs));
  MTC_TRY(parse_outputs(json, spec.outputs));
  MTC_ASSIGN(spec.metrics, texts(json, "metrics"));
  MTC_ASSIGN(spec.compare, parse_comparison(json));
  MTC_ASSIGN(const Json dependencies, member(json, "dependencies", Json::value_t::object));
  for (const auto& [name, path] : dependencies.items()) {
    if (!path.is_string()) return bad("dependency " + name + " is " + path.dump());
    spec.dependencies.emplace(name, path.get<std::string>());
  }
  MTC_ASSIGN(spec.scratch, text(json, "scratch", false));
  MTC_ASSIGN(spec.checkpoints, text(json, "checkpoints", false));
  MTC_ASSIGN(spec.source_digest, text(json, "source_digest", false));
  return spec;
}

const SpecInput* ActionSpec::input(std::string_view wanted, std::size_t index) const {
  for (const auto& item : inputs) {
    if (item.name == wanted && index-- == 0) return &item;
  }
  return nullptr;
}

const SpecOutput* ActionSpec::output(std::string_view wanted) const {
  for (const auto& item : outputs) {
    if (item.name == wanted) return &item;
  }
  return nullptr;
}

Result<std::int64_t> ActionSpec::integer(const char* key) const {
  const auto found = params.find(key);
  if (found == params.end() || !found->is_number_integer())
    return bad(std::string("no integer parameter ") + key);
  return found->get<std::int64_t>();
}

Result<double> ActionSpec::number(const char* key) const {
  const auto found = params.find(key);
  if (found == params.end() || !found->is_number()) return bad(std::string("no parameter ") + key);
  return found->get<double>();
}

}  // namespace mtc::host
