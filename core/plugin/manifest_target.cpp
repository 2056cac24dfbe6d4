// SPDX-License-Identifier: Apache-2.0
//
// [[target]] and [target.compare].
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

/// What predictions may depend on as long as the plugin does not say less.
const std::vector<std::string> kWholeEnvironment{"isa", "torch", "blas"};

/// `with` of a comparison: values of the target's run parameters.
Result<Json> read_settings(const Fields& fields, const std::vector<Param>& params) {
  MTC_ASSIGN(const Node* with, fields.required("with"));
  if (with->kind != Node::Kind::table) return fields.wrong_type("with", *with, "a table");
  Json settings = Json::object();
  for (const Node& each : with->children) {
    const auto param = std::ranges::find_if(
        params, [&](const Param& known) { return known.name == each.key && known.action == "run"; });
    if (param == params.end()) {
      return invalid(each.place, "the target has no run parameter \"" + each.key + "\"",
                     "declare it by [[target.param]] with action = \"run\"");
    }
    auto value = param->check(each.json());
    if (!value) return invalid(each.place, value.error().message, value.error().hint);
    settings[each.key] = *std::move(value);
  }
  if (!settings.empty()) return settings;
  return invalid(with->place, "target.compare.with is empty", "name the run parameters that differ");
}

Result<Comparison> read_comparison(const Node& table, const std::vector<Param>& params) {
  if (table.kind != Node::Kind::table) {
    return invalid(table.place, "target.compare must be a table", "write [target.compare]");
  }
  const Fields fields(table, "target.compare");
  MTC_TRY(fields.only({"name", "summary", "with", "cpu_flags"}));
  Comparison comparison;
  MTC_ASSIGN(comparison.name, fields.text("name"));
  MTC_TRY(check_snake_case(comparison.name, fields.path("name"), fields.place("name")));
  MTC_ASSIGN(comparison.summary, fields.text("summary"));
  MTC_ASSIGN(comparison.params, read_settings(fields, params));
  MTC_ASSIGN(comparison.cpu_flags, fields.texts("cpu_flags"));
  return comparison;
}

}  // namespace

Result<TargetService> read_target_service(const Node& table, const Flags& reserved) {
  const Fields fields(table, "target");
  MTC_TRY(fields.only({"name", "numeric", "param", "compare"}));
  TargetService target;
  MTC_ASSIGN(target.name, fields.text("name"));
  MTC_TRY(check_target_id(target.name, "target.name", fields.place("name")));
  MTC_ASSIGN(target.numeric, read_numeric(fields));
  if (!fields.has("numeric")) target.numeric = kWholeEnvironment;
  MTC_ASSIGN(target.params, read_params(table, "target", {"compile", "run"}, reserved));
  if (const Node* compare = table.find("compare")) {
    MTC_ASSIGN(target.compare, read_comparison(*compare, target.params));
  }
  return target;
}

}  // namespace mtc::plugin
