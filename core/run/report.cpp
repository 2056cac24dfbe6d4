// SPDX-License-Identifier: Apache-2.0
#include "core/run/report.hpp"

#include "core/base/error_json.hpp"

namespace mtc::run {
namespace {

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json stage_json(const StageReport& stage) {
  Json json = {{"name", stage.name},     {"variant", Json::object()}, {"variant_name", stage.variant},
               {"uses", stage.uses},     {"status", stage.status},    {"seconds", stage.seconds},
               {"log", stage.log},       {"outputs", Json::object()}, {"metrics", stage.metrics},
               {"gates", Json::array()}, {"actions", Json::array()},  {"error", Json()}};
  for (const auto& [axis, value] : stage.axes) json["variant"][axis] = value;
  for (const auto& [name, output] : stage.outputs) {
    json["outputs"][name] = {{"path", output.path}, {"digest", output.digest}, {"bytes", output.bytes}};
  }
  for (const auto& gate : stage.gates) {
    json["gates"].push_back({{"expr", gate.expr},
                             {"value", optional_number(gate.value)},
                             {"limit", optional_number(gate.limit)},
                             {"ok", gate.ok}});
  }
  for (const auto& action : stage.actions) {
    json["actions"].push_back({{"kind", action.kind},
                               {"name", action.name},
                               {"status", action.status},
                               {"key", action.key},
                               {"seconds", action.seconds},
                               {"reasons", pipeline::to_json(action.reasons)},
                               {"against", action.against.empty() ? Json() : Json(action.against)}});
  }
  if (stage.error) json["error"] = error_to_json(*stage.error);
  return json;
}

}  // namespace

std::string RunReport::status() const {
  if (exit_code == 0) return "ok";
  return exit_code == 4 ? "gate_failed" : "failed";
}

Json to_json(const RunReport& report) {
  Json json = {
      {"schema", "mtc.run/1"},     {"run_id", report.run_id},       {"pipeline", to_json(report.pipeline)},
      {"status", report.status()}, {"exit_code", report.exit_code}, {"driver_cpu_ms", report.driver_cpu_ms},
      {"stages", Json::array()}};
  for (const auto& stage : report.stages) json["stages"].push_back(stage_json(stage));
  if (report.remote) json["remote"] = remote_json(*report.remote);
  return json;
}

Json remote_json(const remote::Statistics& statistics) {
  return {{"hits", statistics.hits},         {"misses", statistics.misses},
          {"uploads", statistics.uploads},   {"bytes_down", statistics.bytes_down},
          {"bytes_up", statistics.bytes_up}, {"failures", statistics.failures}};
}

}  // namespace mtc::run
