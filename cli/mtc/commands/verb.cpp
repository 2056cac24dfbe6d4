// SPDX-License-Identifier: Apache-2.0
//
// One-shot verbs: mtc quantize|sparsify|train|compile|evaluate|bench[.NAME] …, with the flags that the plugin
// declares.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/one_shot.hpp"
#include "cli/mtc/pipeline_text.hpp"
#include "cli/mtc/target_flags.hpp"
#include "core/base/text.hpp"
#include "core/pipeline/builtin.hpp"

namespace mtc::cli {
namespace {

/// What was typed for one verb.
struct VerbArguments {
  const plugin::Stage* stage = nullptr;
  const plugin::Registry* registry = nullptr;
  std::map<std::string, std::string> inputs;  ///< Input name, or "artifact" → path.
  std::map<std::string, DataFlags> data;      ///< Dataset input → flags.
  std::string target;
  std::vector<plugin::Param> declared;  ///< Parameters of the stage, then those of targets.
  std::map<std::string, std::vector<std::string>> params;  ///< Parameter → words.
  std::vector<std::string> gates;
  std::string output;
  bool force = false;
  bool emit_toml = false;
  ExecuteOptions execute;
};

bool needs_session(const plugin::Input& input) {
  return input.type == "predictions" || input.type == "timings";
}

bool is_compile(const VerbArguments& arguments) { return arguments.stage->name == "compile"; }

Result<Json> word_value(const plugin::Param& param, const std::string& word) {
  std::optional<Json> value;
  switch (param.type) {
    case plugin::ParamType::text:
      value = word;
      break;
    case plugin::ParamType::boolean:
      if (word == "true" || word == "false") value = word == "true";
      break;
    case plugin::ParamType::integer:
      if (const auto number = parse_integer(word)) value = *number;
      break;
    case plugin::ParamType::number:
      if (const auto number = parse_number(word)) value = *number;
      break;
  }
  if (value) return *value;
  std::string hint = param.describe();
  if (param.list && word.find(',') != std::string::npos) {
    hint = fmt::format("write --{} {}", param.flag(), join(split(word, ','), " "));
  }
  return Error{Code::invalid_argument, fmt::format("'{}' is not a value of {}", word, param.name),
               "--" + param.flag(), hint};
}

Result<std::string> params_text(const VerbArguments& arguments) {
  std::string text;
  for (const auto& param : arguments.declared) {
    const auto given = arguments.params.find(param.name);
    if (given == arguments.params.end() || given->second.empty()) continue;
    Json value = Json::array();
    for (const auto& word : given->second) {
      MTC_ASSIGN(auto item, word_value(param, word));
      value.push_back(std::move(item));
    }
    if (!param.list) value = value.back();
    if (arguments.stage->param(param.name) == nullptr) {  // A target's: the planner knows of which.
      text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", param.name, toml_value(value));
      continue;
    }
    auto checked = param.check(value);
    if (!checked) {
      checked.error().where = "--" + param.flag();
      return checked.error();
    }
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", param.name, toml_value(*checked));
  }
  return text.empty() ? text : "with = { " + text + " }\n";
}

/// Models and artifacts become [model.NAME], datasets [data.NAME].
Result<std::string> pipeline_text(const VerbArguments& arguments) {
  const auto& stage = *arguments.stage;
  std::string tables = "mtc = 1\n";
  std::string body = fmt::format("[stage.{}]\nuses = {}\n", stage.kind(), toml_value(stage.name));
  for (const auto& [name, flags] : arguments.data) {
    if (flags.path.empty()) continue;
    MTC_ASSIGN(const auto table, data_table(name, flags));
    tables += table;
    body += fmt::format("{0} = \"{0}\"\n", name);
  }
  for (const auto& [name, path] : arguments.inputs) {
    if (path.empty()) continue;
    const std::string entry = name + "_file";
    tables += fmt::format("[model.{}]\npath = {}\n", entry,
                          toml_value(std::filesystem::absolute(path).lexically_normal().string()));
    body += fmt::format("{} = \"{}\"\n", name, entry);
  }
  if (!arguments.target.empty()) body += fmt::format("target = {}\n", toml_value(arguments.target));
  MTC_ASSIGN(const auto params, params_text(arguments));
  body += params;
  if (!arguments.gates.empty()) body += fmt::format("gate = {}\n", toml_value(Json(arguments.gates)));
  return tables + body;
}

/// ./<model>.<verb>[.<target>].<ext>
std::filesystem::path default_output(const VerbArguments& arguments) {
  std::string stem = "model";
  for (const auto& [name, path] : arguments.inputs) {
    if (!path.empty() && name != "baseline") stem = std::filesystem::path(path).stem().string();
  }
  std::string name = stem + "." + arguments.stage->kind();
  if (!arguments.target.empty()) name += "." + arguments.target;
  const auto& output = arguments.stage->outputs.front();
  return name + (output.folder() ? "" : std::filesystem::path(output.file).extension().string());
}

Result<int> run_verb(const VerbArguments& arguments, const Globals& globals) {
  OneShot job;
  MTC_ASSIGN(job.text, pipeline_text(arguments));
  job.stage = arguments.stage->kind();
  job.force = arguments.force;
  job.emit_toml = arguments.emit_toml;
  const bool writes_by_default = arguments.stage->outputs.front().type != "report";
  if (!arguments.output.empty()) {
    job.output = std::filesystem::absolute(arguments.output);
  } else if (writes_by_default) {
    job.output = std::filesystem::absolute(default_output(arguments));
  }
  return run_one_shot(job, globals, *arguments.registry, arguments.execute);
}

void add_data_options(CLI::App& command, VerbArguments& arguments, const plugin::Input& input,
                      bool required) {
  auto& flags = arguments.data[input.name];
  auto* option =
      command.add_option("--" + input.name, flags.path,
                         (input.help.empty() ? "Dataset" : input.help) +
                             ": a folder of images, an .npy, or a .toml with the keys of [data.NAME]");
  option->type_name("PATH");
  if (required) option->required();
  if (input.name != "data") return;
  command
      .add_option("--labels", flags.labels,
                  "Labels of --data: an .npy for arrays, a CSV with the columns file,label for images")
      ->type_name("FILE");
  command
      .add_option("--preprocess", flags.preprocess, "Preprocessing preset of --data: imagenet, tf, unit, raw")
      ->type_name("NAME");
}

void add_inputs(CLI::App& command, VerbArguments& arguments) {
  bool session_added = false;
  bool data_added = false;
  for (const auto& input : arguments.stage->inputs) {
    if (input.type == "dataset") {
      add_data_options(command, arguments, input, !input.optional);
      data_added = data_added || input.name == "data";
    } else if (arguments.stage->runs_artifact(input)) {
      if (session_added) continue;  // One artifact is run for predictions and for timings.
      command
          .add_option("artifact", arguments.inputs["artifact"],
                      "A compiled artifact's folder, or an ONNX model")
          ->required()
          ->type_name("PATH");
      session_added = true;
    } else if (needs_session(input)) {
      command
          .add_option("--" + input.name, arguments.inputs[input.name],
                      input.help + " (a model or an artifact: it is run)")
          ->required(!input.optional)
          ->type_name("PATH");
    } else if (!input.optional) {
      command.add_option(input.name, arguments.inputs[input.name], input.help)->required()->type_name("PATH");
    }
  }
  if (session_added && !data_added) {
    add_data_options(command, arguments,
                     {"data", "dataset", true, false, "Inputs to run on (default: seeded random)"}, false);
  }
}

void add_param(CLI::App& command, VerbArguments& arguments, const plugin::Param& param,
               const std::string& group) {
  arguments.declared.push_back(param);
  auto& words = arguments.params[param.name];
  const std::string several = param.list ? fmt::format("; write --{} A B", param.flag()) : "";
  const std::string help = fmt::format("{} [{}{}]", param.help, param.describe(), several);
  if (param.type == plugin::ParamType::boolean && !param.list) {
    command
        .add_flag_callback(
            "--" + param.flag(), [&words] { words = {"true"}; }, help)
        ->group(group);
    command
        .add_flag_callback(
            "--no-" + param.flag(), [&words] { words = {"false"}; }, "The opposite")
        ->group(group);
  } else {
    command.add_option("--" + param.flag(), words, help)
        ->expected(1, param.list ? 64 : 1)
        ->type_name("")
        ->group(group);
  }
}

bool runs_an_artifact(const plugin::Stage& stage) {
  return std::ranges::any_of(stage.inputs, [&](const auto& input) { return stage.runs_artifact(input); });
}

/// Those of targets: what compile takes, or what the session of an artifact takes beside the stage's own.
std::vector<TargetFlag> flags_of_targets(const plugin::Registry& registry, const plugin::Stage& stage) {
  if (stage.name == "compile") return target_flags(registry, "compile");
  if (!runs_an_artifact(stage)) return {};
  auto flags = target_flags(registry, "run");
  std::erase_if(flags, [&](const TargetFlag& flag) {
    return stage.param(flag.param.name) != nullptr || stage.input(flag.param.name) != nullptr;
  });
  return flags;
}

/// A gate of this stage, to show how one is written: latencies are to be small, the rest is to be large.
std::string example_gate(const plugin::Stage& stage) {
  const std::string& metric = stage.metrics.front();
  if (metric.ends_with("_ms")) return metric + " <= 5";
  return metric + (metric.ends_with("_db") ? " >= 20" : " >= 0.9");
}

/// All options of a verb but the global ones.
void add_options(CLI::App& command, VerbArguments& arguments, const std::vector<TargetFlag>& of_targets) {
  const auto& stage = *arguments.stage;
  add_inputs(command, arguments);
  if (is_compile(arguments) || !stage.target_sections.empty()) {
    command.add_option("--target", arguments.target, "Target (mtc target list; default: this machine's CPU)")
        ->type_name("ID");
  }
  for (const auto& param : stage.params) add_param(command, arguments, param, "Options");
  for (const auto& [param, targets] : of_targets)
    add_param(command, arguments, param, "For the target " + join(targets, ", "));
  if (!stage.metrics.empty()) {
    command
        .add_option("--gate", arguments.gates,
                    "Fail with exit code 4 unless it holds, as \"" + example_gate(stage) +
                        "\"; repeatable; metrics: " + join(stage.metrics, ", "))
        ->type_name("GATE")
        ->allow_extra_args(false);
  }
  command.add_option("-o,--output", arguments.output, "Where the result goes")->type_name("PATH");
  command.add_flag("--force", arguments.force, "Replace an existing output");
  command.add_flag("--emit-toml", arguments.emit_toml,
                   "Print the pipeline that this command stands for, and run nothing");
  add_execute_options(command, arguments.execute);
}

/// A stage with a required input that no argument can name is for pipelines alone.
Result<void> check_has_verb(const plugin::Stage& stage) {
  for (const auto& input : stage.inputs) {
    if (input.optional || (input.type != "any" && input.type != "report")) continue;
    return Error{Code::invalid_argument,
                 fmt::format("{} has no verb: its input '{}' has no flag", stage.name, input.name),
                 {},
                 "it is used in pipelines" + (stage.example.empty() ? "" : ", or as in: " + stage.example)};
  }
  return {};
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& verb_kinds() {
  static const std::vector<std::pair<std::string, std::string>> kinds = {
      {"train", "Train or fine-tune a model"},
      {"sparsify", "Prune a model"},
      {"quantize", "Quantize a model for a target"},
      {"compile", "Compile a model for a target"},
      {"evaluate", "Measure accuracy of a model or artifact"},
      {"bench", "Measure latency of a model or artifact"},
  };
  return kinds;
}

void add_verb_without_plugin(CLI::App& app, Globals& globals) {
  plugin::Stage stage;  // With everything that brings a flag.
  stage.name = "verb.any";
  stage.target_sections = {"quant"};
  stage.metrics = {"metric"};
  stage.inputs = {{"predictions", "predictions", false, false, {}}};
  VerbArguments arguments;
  arguments.stage = &stage;
  auto* command = app.add_subcommand(stage.name);
  add_options(*command, arguments, {});
  add_global_options(*command, globals);
}

void add_verb(CLI::App& app, Globals& globals, const plugin::Registry& registry, const std::string& name,
              int& exit_code) {
  const auto arguments = std::make_shared<VerbArguments>();
  arguments->registry = &registry;
  if (name == "compile") {
    arguments->stage = &pipeline::compile_stage();
  } else {
    const auto match = registry.find_stage(name);
    if (!match) {
      exit_code = conclude(globals, match.error());
      return;
    }
    arguments->stage = match->stage;
    if (const auto has_verb = check_has_verb(*match->stage); !has_verb) {
      exit_code = conclude(globals, has_verb.error());
      return;
    }
  }
  const auto& stage = *arguments->stage;
  auto* command = app.add_subcommand(name, stage.summary);
  add_options(*command, *arguments, flags_of_targets(registry, stage));
  add_global_options(*command, globals);
  if (!stage.example.empty()) command->footer("Example: " + stage.example);
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, run_verb(*arguments, globals)); });
}

}  // namespace mtc::cli
