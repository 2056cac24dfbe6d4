// SPDX-License-Identifier: Apache-2.0
//
// mtc init MODEL --data PATH: writes a pipeline for a model and its data.
#include <cstdint>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/init/draft.hpp"
#include "cli/mtc/init/init_json.hpp"
#include "cli/mtc/init/inquiry.hpp"
#include "cli/mtc/interrupt.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/file.hpp"
#include "core/run/output_folder.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

struct InitArguments {
  std::string model;
  DataFlags data;
  std::vector<std::string> targets;
  std::uint64_t samples = 64;
  std::string output = "pipeline.toml";
  bool force = false;
  ExecuteOptions execute;
};

Result<void> check_output(const std::filesystem::path& file, bool force) {
  std::error_code error;
  if (std::filesystem::exists(file, error) && (!force || std::filesystem::is_directory(file, error))) {
    return Error{Code::already_exists, fmt::format("'{}' exists", file.string()), "--output",
                 "give another name, or --force to replace it"};
  }
  return run::check_can_write(file.parent_path(), "choose another place with --output");
}

void tell(const Findings& findings) {
  if (findings.origin == Origin::given)
    say(fmt::format("preprocessing: \"{}\", as given with --preprocess; it was not guessed",
                    findings.preset));
  if (!findings.scores.empty()) {
    const auto& best = findings.scores[findings.best];
    say(fmt::format("preprocessing: {}, top-1 {} on {} samples", best.way.text(), best.text(), best.samples));
  }
  if (findings.size_assumed)
    say("warning: how the pictures are resized is an assumption; compare it with the model's training");
  if (!findings.facts.classes() || !findings.labelled)
    say("no accuracy without labels and class scores: the pipeline compares outputs with the float model's");
  for (const auto& warning : findings.warnings) say("warning: " + warning);
}

Result<int> init(const InitArguments& arguments, const Globals& globals) {
  Question question{arguments.model, arguments.data, arguments.targets, arguments.samples,
                    std::filesystem::absolute(arguments.output).lexically_normal()};
  MTC_TRY(check_output(question.output, arguments.force));
  const auto registry = scan_registry(globals);
  MTC_ASSIGN(auto store, open_store(globals));
  Trial trial(registry, store, arguments.execute, globals);
  const auto findings = inquire(trial, registry, question);
  if (!findings && stop_signal_number() != 0) return 128 + stop_signal_number();
  if (!findings) return findings.error();
  MTC_TRY(make_directories(question.output.parent_path()));
  MTC_TRY(write_file_atomic(question.output, draft(*findings, question.output)));
  tell(*findings);
  if (globals.json) {
    print_json(init_json(*findings, question.output));
  } else {
    print(arguments.output);
  }
  say(fmt::format("next: mtc run {}", arguments.output));
  return run::kOk;
}

void add_init_options(CLI::App& command, InitArguments& arguments) {
  command.add_option("model", arguments.model, "ONNX model")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  command
      .add_option("--data", arguments.data.path,
                  "Data to calibrate and score with: a folder of images, an .npy or a .toml")
      ->required()
      ->type_name("PATH");
  command
      .add_option("--labels", arguments.data.labels,
                  "Labels of --data: an .npy, or a CSV with the columns file,label")
      ->type_name("FILE");
  command
      .add_option(
          "--preprocess", arguments.data.preprocess,
          "Preprocessing preset (imagenet, tf, unit, raw), where it is known; else it is found by scores")
      ->type_name("NAME");
  command
      .add_option("--target", arguments.targets,
                  "Target (mtc target list; default: this machine's CPU, and onnxruntime); repeatable")
      ->allow_extra_args(false)
      ->type_name("ID");
  command
      .add_option("--samples", arguments.samples,
                  "Labelled samples to score each way to preprocess on (default 64)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U).description(""))
      ->type_name("N");
  command.add_option("-o,--output", arguments.output, "The pipeline file to write (default pipeline.toml)")
      ->type_name("FILE");
  command.add_flag("--force", arguments.force, "Replace an existing file");
}

}  // namespace

void add_init(CLI::App& app, Globals& globals, int& exit_code) {
  const auto arguments = std::make_shared<InitArguments>();
  auto* command = app.add_subcommand("init", "Write a pipeline for a model and its data");
  add_init_options(*command, *arguments);
  add_execute_options(*command, arguments->execute);
  add_global_options(*command, globals);
  command->footer("Example: mtc init model.onnx --data pictures --labels labels.csv");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, init(*arguments, globals)); });
}

}  // namespace mtc::cli
