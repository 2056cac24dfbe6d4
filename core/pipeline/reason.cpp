// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/reason.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/digest.hpp"

namespace mtc::pipeline {
namespace {

using Type = Reason::Type;

constexpr std::array<std::pair<Type, std::string_view>, 19> kTypeNames = {{
    {Type::hit, "hit"},
    {Type::first_run, "first-run"},
    {Type::input_changed, "input-changed"},
    {Type::parameter, "parameter"},
    {Type::seed, "seed"},
    {Type::plugin_file, "plugin-file"},
    {Type::plugin_version, "plugin-version"},
    {Type::dependency, "dependency"},
    {Type::target_capability, "target-capability"},
    {Type::numeric_environment, "numeric-environment"},
    {Type::uses, "uses"},
    {Type::schema, "schema"},
    {Type::evicted, "evicted"},
    {Type::corrupt, "corrupt"},
    {Type::failed, "failed"},
    {Type::document_gone, "document-gone"},
    {Type::forced, "forced"},
    {Type::measurement, "measurement"},
    {Type::upstream, "upstream"},
}};

constexpr std::size_t kShownDigits = 8;

const char* subject_key(Type type) { return type == Type::target_capability ? "section" : "name"; }

bool holds_json(Type type) { return type == Type::parameter || type == Type::seed; }

Json value_json(Type type, const std::optional<std::string>& value) {
  if (!value) return {};
  if (!holds_json(type)) return *value;
  const auto parsed = Json::parse(*value, nullptr, false);
  return parsed.is_discarded() ? Json(*value) : parsed;
}

std::optional<std::string> value_text(Type type, const Json& value) {
  if (value.is_null()) return std::nullopt;
  if (holds_json(type)) return value.dump();
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string shown(const std::optional<std::string>& value) {
  if (!value) return "none";
  return is_digest(*value) ? value->substr(0, kShownDigits) : *value;
}

/// What the type has to say before its values.
std::string subject_text(const Reason& reason) {
  const auto& subject = reason.subject;
  switch (reason.type) {
    case Type::hit:
      return "its result is in the store";
    case Type::first_run:
      return "no earlier run of this pipeline has it";
    case Type::input_changed:
      return "input " + subject;
    case Type::parameter:
      return "parameter " + subject;
    case Type::seed:
      return "seed";
    case Type::plugin_file:
      return "the file of plugin " + subject;
    case Type::plugin_version:
      return "plugin " + subject;
    case Type::dependency:
      return "dependency " + subject;
    case Type::target_capability:
      return subject == "id" ? "target" : fmt::format("section [{}] of the target", subject);
    case Type::numeric_environment:
      return "numeric environment " + subject;
    case Type::uses:
      return "uses";
    case Type::schema:
      return "mtc makes other keys: " + subject;
    case Type::evicted:
      return "its result was removed from the store";
    case Type::corrupt:
      return "its result was damaged and is in the quarantine";
    case Type::failed:
      return "it failed before, and failures are never kept";
    case Type::document_gone:
      return "the document of the earlier action was removed from the store";
    case Type::forced:
      return "--rerun";
    case Type::measurement:
      return "a measurement is taken anew (--reuse-records replays it)";
    case Type::upstream:
      return fmt::format("depends on {}, which has to run", subject);
  }
  return {};
}

}  // namespace

std::string_view type_name(Type type) {
  const auto* const found = std::ranges::find(kTypeNames, type, &std::pair<Type, std::string_view>::first);
  return found->second;
}

Json to_json(const Reason& reason) {
  Json json = {{"type", type_name(reason.type)}};
  if (!reason.subject.empty()) json[subject_key(reason.type)] = reason.subject;
  if (reason.old_value || reason.new_value) {
    json["old"] = value_json(reason.type, reason.old_value);
    json["new"] = value_json(reason.type, reason.new_value);
  }
  return json;
}

Json to_json(const Reasons& reasons) {
  Json json = Json::array();
  for (const auto& reason : reasons) json.push_back(to_json(reason));
  return json;
}

Reasons reasons_from_json(const Json& json) {
  Reasons reasons;
  if (!json.is_array()) return reasons;
  for (const auto& item : json) {
    if (!item.is_object() || !item.value("type", Json()).is_string()) continue;
    const auto name = item["type"].get<std::string>();
    const auto* const type = std::ranges::find(kTypeNames, name, &std::pair<Type, std::string_view>::second);
    if (type == kTypeNames.end()) continue;
    Reason reason;
    reason.type = type->first;
    const Json subject = item.value(subject_key(reason.type), Json(""));
    if (subject.is_string()) reason.subject = subject.get<std::string>();
    reason.old_value = value_text(reason.type, item.value("old", Json()));
    reason.new_value = value_text(reason.type, item.value("new", Json()));
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

std::string sentence(const Reason& reason) {
  std::string text = subject_text(reason);
  if (reason.old_value || reason.new_value)
    text += fmt::format(": {} -> {}", shown(reason.old_value), shown(reason.new_value));
  return text;
}

std::string sentence(const Reasons& reasons) {
  std::string text;
  for (const auto& reason : reasons) text += (text.empty() ? "" : "; ") + sentence(reason);
  return text;
}

}  // namespace mtc::pipeline
