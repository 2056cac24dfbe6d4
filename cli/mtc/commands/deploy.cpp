// SPDX-License-Identifier: Apache-2.0
//
// mtc deploy: [quantize] → compile → evaluate → package, as one fixed pipeline.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/one_shot.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_text.hpp"
#include "cli/mtc/quantized_model.hpp"
#include "cli/mtc/sample_count.hpp"

namespace mtc::cli {
namespace {

struct DeployArguments {
  std::string model;
  std::string target;
  DataFlags data;
  std::string calib;
  std::uint64_t calib_samples = 256;
  bool keep_float = false;
  std::vector<std::string> gates;
  std::string output;
  bool force = false;
  bool emit_toml = false;
  ExecuteOptions execute;
};

/// Whether --data is split: some samples calibrate, the others evaluate.
bool splits(const DeployArguments& arguments, bool quantizes) { return quantizes && arguments.calib.empty(); }

Result<void> check_split(const DeployArguments& arguments) {
  MTC_ASSIGN(const auto samples, most_samples(arguments.data));
  if (samples > arguments.calib_samples) return {};
  return Error{Code::invalid_argument,
               fmt::format("'{}' has {} samples: with {} to calibrate none is left to evaluate",
                           arguments.data.path, samples, arguments.calib_samples),
               "--data",
               "give fewer with --calib-samples, or name calibration data of its own with --calib (it may be "
               "the same)"};
}

/// [stage.score] with its gates.
Result<std::string> score_text(const DeployArguments& arguments, const std::string& data) {
  MTC_ASSIGN(const bool labelled, has_labels(arguments.data));
  std::string text = fmt::format(
      "[stage.score]\nuses = \"{}\"\nartifact = \"build.artifact\"\ndata = \"{}\"\nbaseline = "
      "\"model\"\n",
      labelled ? "evaluate.classification" : "evaluate.agreement", data);
  if (!arguments.gates.empty()) text += fmt::format("gate = {}\n", toml_value(Json(arguments.gates)));
  return text;
}

/// [data.calib], and where --data is split [data.held_out]: two parts of one seeded order, since folders of
/// images come class by class.
Result<std::string> calibration_text(const DeployArguments& arguments) {
  if (!arguments.calib.empty()) return data_table("calib", {arguments.calib, {}, arguments.data.preprocess});
  MTC_TRY(check_split(arguments));
  return fmt::format(
      "[data.calib]\nfrom = \"data\"\nseed = 0\ntake = {0}\n"
      "[data.held_out]\nfrom = \"data\"\nseed = 0\nskip = {0}\n",
      arguments.calib_samples);
}

Result<std::string> deploy_text(const DeployArguments& arguments, const std::string& target, bool quantizes) {
  const std::string model_path = std::filesystem::absolute(arguments.model).lexically_normal().string();
  std::string text = fmt::format("mtc = 1\n[model]\npath = {}\n", toml_value(model_path));
  if (arguments.data.path.empty()) {
    if (quantizes) {
      return Error{Code::invalid_argument, "quantization needs data", "--data",
                   "give --data, or --float to deploy as it is"};
    }
    if (!arguments.gates.empty()) {
      return Error{Code::invalid_argument, "a gate needs data: without it nothing is evaluated", "--gate",
                   "give --data"};
    }
  } else {
    MTC_ASSIGN(const auto table, data_table("data", arguments.data));
    text += table;
  }
  std::string source = "model";
  if (quantizes) {
    MTC_ASSIGN(const auto tables, calibration_text(arguments));
    text += tables;
    text += fmt::format(
        "[stage.quantize]\nuses = \"quantize\"\nmodel = \"model\"\ndata = \"calib\"\ntarget = {}\n",
        toml_value(target));
    source = "quantize.model";
  }
  text += fmt::format("[stage.build]\nuses = \"compile\"\nmodel = \"{}\"\ntarget = {}\n", source,
                      toml_value(target));
  std::string reports;
  if (!arguments.data.path.empty()) {
    MTC_ASSIGN(const auto score, score_text(arguments, splits(arguments, quantizes) ? "held_out" : "data"));
    text += score;
    reports = "report = [\"score.report\"]\n";
  }
  text += "[stage.package]\nuses = \"package\"\nartifact = \"build.artifact\"\n" + reports;
  return text;
}

Result<int> deploy(const DeployArguments& arguments, const Globals& globals) {
  const auto registry = scan_registry(globals);
  std::string target = arguments.target;
  if (target.empty()) {
    MTC_ASSIGN(const auto match, registry.default_target());
    target = match.target->id;
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(arguments.model, error)) {
    return Error{Code::not_found, fmt::format("the model '{}' does not exist", arguments.model), "model",
                 "give an ONNX file"};
  }
  MTC_ASSIGN(const bool quantized, is_quantized(arguments.model));
  const bool quantizes = !arguments.keep_float && !quantized;
  OneShot job;
  MTC_ASSIGN(job.text, deploy_text(arguments, target, quantizes));
  if (splits(arguments, quantizes)) {
    say(fmt::format("calibrating on {} samples of --data (seed 0), evaluating on the others",
                    arguments.calib_samples));
  }
  job.stage = "package";
  job.force = arguments.force;
  job.emit_toml = arguments.emit_toml;
  const auto stem = std::filesystem::path(arguments.model).stem().string();
  job.output =
      std::filesystem::absolute(arguments.output.empty() ? stem + ".deploy." + target : arguments.output);
  return run_one_shot(job, globals, registry, arguments.execute);
}

}  // namespace

void add_deploy(CLI::App& app, Globals& globals, int& exit_code) {
  const auto arguments = std::make_shared<DeployArguments>();
  auto* command = app.add_subcommand("deploy", "Quantize, compile, evaluate and package a model");
  command->add_option("model", arguments->model, "ONNX model")->required()->type_name("FILE");
  command->add_option("--target", arguments->target, "Target (mtc target list; default: this machine's CPU)")
      ->type_name("ID");
  command
      ->add_option("--data", arguments->data.path,
                   "Data to calibrate and evaluate with: a folder of images, an .npy or a .toml")
      ->type_name("PATH");
  command
      ->add_option("--labels", arguments->data.labels,
                   "Labels of --data: an .npy for arrays, a CSV with the columns file,label for images")
      ->type_name("FILE");
  command->add_option("--preprocess", arguments->data.preprocess, "Preprocessing preset of --data")
      ->type_name("NAME");
  command
      ->add_option("--calib", arguments->calib,
                   "Calibration data; --data is then evaluated whole (default: --calib-samples of --data)")
      ->type_name("PATH");
  command
      ->add_option("--calib-samples", arguments->calib_samples,
                   "Samples of --data that calibrate, drawn with seed 0; the others evaluate (default 256)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U).description(""))
      ->excludes("--calib")
      ->type_name("N");
  command->add_flag("--float", arguments->keep_float, "Do not quantize");
  command
      ->add_option("--gate", arguments->gates,
                   "Pack it only if it holds, else exit with code 4: \"top1_drop <= 0.01\"; without labels "
                   "\"sqnr_db >= 20\"; repeatable")
      ->type_name("GATE")
      ->allow_extra_args(false);
  command->add_option("-o,--output", arguments->output, "The package's folder")->type_name("DIR");
  command->add_flag("--force", arguments->force, "Replace an existing output");
  command->add_flag("--emit-toml", arguments->emit_toml,
                    "Print the pipeline that this command stands for, and run nothing");
  add_execute_options(*command, arguments->execute);
  add_global_options(*command, globals);
  command->footer(
      "Example: mtc deploy model.onnx --target cpu.x86-64-v3 --data test.toml --gate \"top1_drop <= 0.01\" "
      "-o package");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, deploy(*arguments, globals)); });
}

}  // namespace mtc::cli
