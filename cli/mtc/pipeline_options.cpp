// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/pipeline_options.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace mtc::cli {
namespace {

std::string quoted(const std::string& word) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./=+,:@").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

CLI::Option* add_pipeline_options(CLI::App& command, PipelineOptions& options) {
  auto* file = command.add_option("pipeline", options.file, "Pipeline file")->type_name("FILE");
  command
      .add_option("-D", options.overrides, "Override a value: -D stage.int8.with.calibration=mse; repeatable")
      ->type_name("KEY=TOML")
      ->allow_extra_args(false);
  command.add_option("--profile", options.profile, "Apply the tables of [profile.NAME]")->type_name("NAME");
  return file;
}

Result<config::PipelineFile> load_pipeline(const PipelineOptions& options) {
  MTC_ASSIGN(const auto load, load_options(options));
  return config::load_pipeline(options.file, load);
}

Result<config::LoadOptions> load_options(const PipelineOptions& options) {
  config::LoadOptions load;
  load.profile = options.profile;
  for (const auto& text : options.overrides) {
    const auto equal = text.find('=');
    if (equal == std::string::npos || equal == 0) {
      return Error{Code::invalid_argument, fmt::format("'{}' is not an override", text), "-D",
                   "write -D key.path=value"};
    }
    load.overrides.push_back({text.substr(0, equal), text.substr(equal + 1)});
  }
  return load;
}

std::string words_of(const PipelineOptions& options) {
  std::string words = quoted(options.file);
  if (!options.profile.empty()) words += " --profile " + quoted(options.profile);
  for (const auto& text : options.overrides) words += " -D " + quoted(text);
  return words;
}

}  // namespace mtc::cli
