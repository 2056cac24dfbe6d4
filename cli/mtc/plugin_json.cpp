// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/plugin_json.hpp"

#include <vector>

namespace mtc::cli {
namespace {

const char* type_name(plugin::ParamType type) {
  switch (type) {
    case plugin::ParamType::boolean:
      return "bool";
    case plugin::ParamType::integer:
      return "int";
    case plugin::ParamType::number:
      return "float";
    case plugin::ParamType::text:
      break;
  }
  return "string";
}

Json params_json(const std::vector<plugin::Param>& params) {
  Json list = Json::array();
  for (const auto& param : params) {
    list.push_back({{"name", param.name},
                    {"flag", "--" + param.flag()},
                    {"type", type_name(param.type)},
                    {"list", param.list},
                    {"default", param.default_value},
                    {"min", param.min ? Json(*param.min) : Json()},
                    {"max", param.max ? Json(*param.max) : Json()},
                    {"choices", param.choices},
                    {"affects_output", param.affects_output},
                    {"action", param.action},
                    {"help", param.help}});
  }
  return list;
}

Json stage_declaration_json(const plugin::Stage& stage) {
  Json inputs = Json::array();
  for (const auto& input : stage.inputs) {
    inputs.push_back({{"name", input.name},
                      {"type", input.type},
                      {"optional", input.optional},
                      {"many", input.many},
                      {"help", input.help}});
  }
  Json outputs = Json::array();
  for (const auto& output : stage.outputs) {
    outputs.push_back(
        {{"name", output.name}, {"type", output.type}, {"file", output.file}, {"help", output.help}});
  }
  return {{"name", stage.name},
          {"default", stage.is_default},
          {"summary", stage.summary},
          {"example", stage.example},
          {"target", stage.target_sections},
          {"numeric", stage.numeric},
          {"metrics", stage.metrics},
          {"inputs", inputs},
          {"outputs", outputs},
          {"params", params_json(stage.params)}};
}

}  // namespace

Json plugin_json(const plugin::Plugin& plugin) {
  const auto& manifest = plugin.manifest;
  Json json = {{"schema", "mtc.plugin/1"},     {"id", manifest.id},
               {"version", manifest.version},  {"summary", manifest.summary},
               {"file", plugin.file.string()}, {"dependencies", Json::array()},
               {"stages", Json::array()},      {"targets", Json::array()}};
  for (const auto& dependency : manifest.dependencies)
    json["dependencies"].push_back(
        {{"kind", dependency.tool ? "tool" : "library"}, {"name", dependency.name}});
  for (const auto& stage : manifest.stages) json["stages"].push_back(stage_declaration_json(stage));
  for (const auto& target : manifest.targets) {
    json["targets"].push_back(
        {{"name", target.name}, {"numeric", target.numeric}, {"params", params_json(target.params)}});
  }
  return json;
}

Json target_json(const plugin::Registry::TargetMatch& match) {
  return {{"schema", "mtc.target/1"},
          {"id", match.target->id},
          {"plugin", match.target->plugin},
          {"file", match.target->file.string()},
          {"summary", match.target->summary},
          {"requires_isa", match.target->requires_isa},
          {"missing_isa", match.target->missing_isa()},
          {"sections", match.target->sections},
          {"params", params_json(match.service->params)}};
}

}  // namespace mtc::cli
