// SPDX-License-Identifier: Apache-2.0
#include "core/base/error_json.hpp"

#include <array>
#include <string>
#include <utility>

namespace mtc {
namespace {

constexpr std::array<std::pair<Code, const char*>, 15> kNames = {{
    {Code::cancelled, "cancelled"},
    {Code::unknown, "unknown"},
    {Code::invalid_argument, "invalid_argument"},
    {Code::deadline_exceeded, "deadline_exceeded"},
    {Code::not_found, "not_found"},
    {Code::already_exists, "already_exists"},
    {Code::permission_denied, "permission_denied"},
    {Code::resource_exhausted, "resource_exhausted"},
    {Code::failed_precondition, "failed_precondition"},
    {Code::aborted, "aborted"},
    {Code::out_of_range, "out_of_range"},
    {Code::unimplemented, "unimplemented"},
    {Code::internal, "internal"},
    {Code::unavailable, "unavailable"},
    {Code::data_loss, "data_loss"},
}};

std::string text_or_empty(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_or_false(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

const char* code_name(Code code) {
  for (const auto& [known, name] : kNames) {
    if (known == code) return name;
  }
  return "unknown";
}

Code code_from_name(std::string_view name) {
  for (const auto& [code, known] : kNames) {
    if (known == name) return code;
  }
  return Code::unknown;
}

Json error_to_json(const Error& error) {
  return {{"code", code_name(error.code)}, {"message", error.message},     {"where", error.where},
          {"hint", error.hint},            {"retryable", error.retryable}, {"plugin_fault", error.plugin_fault}};
}

Error error_from_json(const Json& json) {
  return {code_from_name(text_or_empty(json, "code")), text_or_empty(json, "message"), text_or_empty(json, "where"),
          text_or_empty(json, "hint"), flag_or_false(json, "retryable"), flag_or_false(json, "plugin_fault")};
}

}  // namespace mtc
