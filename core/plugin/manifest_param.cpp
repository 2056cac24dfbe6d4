// SPDX-License-Identifier: Apache-2.0
//
// [[stage.param]] and [[target.param]].
#include <algorithm>
#include <utility>

#include "core/config/fields.hpp"
#include "core/plugin/manifest_stage.hpp"
#include "core/plugin/names.hpp"

namespace mtc::plugin {
namespace {

using config::Fields;
using config::invalid;
using config::Node;

ParamType type_of(const std::string& word) {
  if (word == "bool") return ParamType::boolean;
  if (word == "int") return ParamType::integer;
  return word == "float" ? ParamType::number : ParamType::text;
}

Result<void> read_limits(const Fields& fields, Param& param) {
  const bool numeric = param.type == ParamType::integer || param.type == ParamType::number;
  for (const auto& [key, limit] : {std::pair{"min", &param.min}, std::pair{"max", &param.max}}) {
    if (!fields.has(key)) continue;
    if (!numeric) {
      return invalid(fields.place(key), fields.path(key) + " does not apply to this type", "remove it");
    }
    MTC_ASSIGN(*limit, fields.number(key));
  }
  if (!param.min || !param.max || *param.min <= *param.max) return {};
  return invalid(fields.place("min"), fields.path("min") + " is above max", "exchange them");
}

Result<void> read_choices(const Fields& fields, Param& param) {
  if (!fields.has("choices")) return {};
  if (param.type != ParamType::text) {
    return invalid(fields.place("choices"), fields.path("choices") + " does not apply to this type",
                   "use type = \"string\", or min and max");
  }
  MTC_ASSIGN(param.choices, fields.texts("choices"));
  if (param.choices.empty()) {
    return invalid(fields.place("choices"), fields.path("choices") + " is an empty list",
                   "list the words, or remove it");
  }
  for (auto at = param.choices.begin(); at != param.choices.end(); ++at) {
    if (std::find(param.choices.begin(), at, *at) == at) continue;
    return invalid(fields.place("choices"), fields.path("choices") + " holds \"" + *at + "\" twice",
                   "remove one of them");
  }
  return {};
}

Result<void> read_default(const Fields& fields, Param& param) {
  MTC_ASSIGN(const Node* node, fields.required("default"));
  const Json value = node->json();
  if (param.list && !value.is_array()) return fields.wrong_type("default", *node, "a list");
  auto checked = param.check(value);
  if (!checked) {
    return invalid(node->place, "the default of " + checked.error().message, checked.error().hint);
  }
  param.default_value = *std::move(checked);
  return {};
}

Result<void> check_flag(const Fields& fields, const Param& param) {
  if (std::ranges::find(reserved_flags(), param.flag()) == reserved_flags().end()) return {};
  return invalid(fields.place("name"),
                 "the parameter \"" + param.name + "\" has the name of the driver's flag --" + param.flag(),
                 "rename it");
}

Result<Param> read_param(const Node& table, const std::string& title,
                         const std::vector<std::string>& actions) {
  const Fields fields(table, title);
  MTC_TRY(fields.only(
      {"name", "type", "list", "default", "min", "max", "choices", "help", "affects_output", "action"}));
  Param param;
  MTC_ASSIGN(param.name, fields.text("name"));
  MTC_TRY(check_snake_case(param.name, fields.path("name"), fields.place("name")));
  MTC_TRY(check_flag(fields, param));
  MTC_TRY(fields.required("type"));
  MTC_ASSIGN(const std::string type, fields.choice("type", "", {"bool", "int", "float", "string"}));
  param.type = type_of(type);
  MTC_ASSIGN(param.list, fields.boolean("list", false));
  MTC_TRY(read_limits(fields, param));
  MTC_TRY(read_choices(fields, param));
  MTC_TRY(read_default(fields, param));
  MTC_ASSIGN(param.help, fields.text("help"));
  MTC_ASSIGN(param.affects_output, fields.boolean("affects_output", true));
  MTC_ASSIGN(param.action, fields.choice("action", actions.front(), actions));
  return param;
}

}  // namespace

const std::vector<std::string>& reserved_flags() {
  static const std::vector<std::string> flags{"artifact",      "calib",
                                              "data",          "define",
                                              "emit-toml",     "events",
                                              "explain",       "float",
                                              "force",         "gate",
                                              "help",          "jobs",
                                              "json",          "labels",
                                              "log-level",     "model",
                                              "no-color",      "out",
                                              "output",        "plugin",
                                              "preprocess",    "profile",
                                              "progress",      "quiet",
                                              "remote",        "remote-read-only",
                                              "remote-strict", "remote-zstd",
                                              "reuse-records", "stall-timeout",
                                              "store",         "target",
                                              "timeout",       "verbose",
                                              "version"};
  return flags;
}

Result<std::vector<Param>> read_params(const Node& table, const std::string& title,
                                       const std::vector<std::string>& actions) {
  std::vector<Param> params;
  const std::string own = title + ".param";
  MTC_ASSIGN(const auto tables, Fields(table, title).tables("param"));
  for (const Node* each : tables) {
    MTC_ASSIGN(Param param, read_param(*each, own, actions));
    if (std::ranges::find(params, param.name, &Param::name) != params.end()) {
      return invalid(Fields(*each, own).place("name"),
                     "the parameter \"" + param.name + "\" is declared twice", "rename one of them");
    }
    params.push_back(std::move(param));
  }
  return params;
}

}  // namespace mtc::plugin
