// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/builtin.hpp"

namespace mtc::pipeline {
namespace {

plugin::Param integer(const char* name, std::int64_t value, double min, const char* help) {
  plugin::Param param;
  param.name = name;
  param.type = plugin::ParamType::integer;
  param.default_value = value;
  param.min = min;
  param.help = help;
  return param;
}

plugin::Param number(const char* name, double value, const char* help) {
  plugin::Param param;
  param.name = name;
  param.type = plugin::ParamType::number;
  param.default_value = value;
  param.min = 0.0;
  param.help = help;
  return param;
}

plugin::Input input(const char* name, const char* type, bool optional, bool many, const char* help) {
  return {name, type, optional, many, help};
}

}  // namespace

const plugin::Stage& compile_stage() {
  static const plugin::Stage stage = [] {
    plugin::Stage made;
    made.name = "compile";
    made.is_default = true;
    made.summary = "Compiles a model for a target.";
    made.example = "mtc compile model.onnx --target cpu.x86-64-v3 -o model.artifact";
    made.inputs = {input("model", "model", false, false, "ONNX model")};
    made.outputs = {{"artifact", "artifact", "artifact", "what the target runs, with artifact.toml"}};
    return made;
  }();
  return stage;
}

const plugin::Stage& package_stage() {
  static const plugin::Stage stage = [] {
    plugin::Stage made;
    made.name = "package";
    made.is_default = true;
    made.summary = "Puts an artifact and its reports into one folder with a manifest.";
    made.inputs = {input("artifact", "artifact", false, false, "what compile made"),
                   input("model", "model", true, false, "the model that it was compiled from"),
                   input("report", "report", true, true, "reports to go with it")};
    made.outputs = {{"package", "any", "package", "the folder to ship"}};
    return made;
  }();
  return stage;
}

const std::vector<plugin::Param>& predict_params() {
  static const std::vector<plugin::Param> params = {
      integer("batch", 0, 0, "Samples a run; 0 = as many as the model fixes, else 32."),
      integer("threads", 1, 1, "Threads of the runtime."),
  };
  return params;
}

const std::vector<plugin::Param>& measure_params() {
  static const std::vector<plugin::Param> params = {
      number("warmup_seconds", 0.5, "Time to run before measuring."),
      number("min_seconds", 3.0, "Least time to measure."),
      integer("min_runs", 100, 1, "Least number of runs to measure."),
      integer("batch", 1, 1, "Samples a run."),
      integer("seed", 0, 0, "Seed of the random inputs when no data is given."),
      integer("threads", 1, 1, "Threads of the runtime."),
  };
  return params;
}

const std::vector<plugin::Output>& predict_outputs() {
  static const std::vector<plugin::Output> outputs = {{"predictions", "predictions", "predictions", {}}};
  return outputs;
}

const std::vector<plugin::Output>& measure_outputs() {
  static const std::vector<plugin::Output> outputs = {{"timings", "timings", "timings", {}}};
  return outputs;
}

}  // namespace mtc::pipeline
