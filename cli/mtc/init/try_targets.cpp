// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/try_targets.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/mtc/pipeline_text.hpp"

namespace mtc::cli {
namespace {

constexpr std::size_t kShownError = 300;

Result<TargetTrial> try_target(Trial& trial, const plugin::Registry& registry,
                               const std::filesystem::path& model, const std::string& id) {
  TargetTrial result;
  result.id = id;
  MTC_ASSIGN(const auto match, registry.find_target(id));
  if (const auto missing = match.target->missing_isa(); !missing.empty()) {
    result.refusal = fmt::format("this machine cannot run it: its CPU lacks {}", fmt::join(missing, ", "));
    return result;
  }
  const auto tried =
      trial.run(fmt::format("mtc = 1\n[model]\npath = {}\n[stage.compile]\nuses = \"compile\"\n"
                            "model = \"model\"\nmatrix.target = [{}]\n",
                            toml_value(model.string()), toml_value(id)),
                model.parent_path());
  if (!tried && tried.error().code != Code::failed_precondition) return tried.error();
  if (!tried) {
    result.refusal = one_line(tried.error());
    return result;
  }
  const auto* stage = tried->stage("compile");
  if (stage->error) {
    result.refusal = one_line(*stage->error);
    return result;
  }
  MTC_ASSIGN(const auto document,
             config::load_toml(std::filesystem::path(stage->outputs.at("artifact").path) / "artifact.toml"));
  MTC_ASSIGN(result.facts, model_facts(document));
  return result;
}

}  // namespace

std::string one_line(const Error& error) {
  std::string text = error.message;
  // The runner puts the stage first, which means nothing outside of the trial.
  const auto inner = error.where.starts_with("stage '") ? error.where.find("', ") : std::string::npos;
  if (inner != std::string::npos) text += ", at " + error.where.substr(inner + 3);
  if (!error.hint.empty()) text += " (" + error.hint + ")";
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (text.size() > kShownError) text = text.substr(0, kShownError) + " …";
  return text;
}

Result<std::vector<std::string>> chosen_targets(const plugin::Registry& registry,
                                                const std::vector<std::string>& wanted) {
  std::vector<std::string> chosen;
  for (const auto& id : wanted) {
    auto match = registry.find_target(id);
    if (!match) {
      if (match.error().where.empty()) match.error().where = "--target";
      return match.error();
    }
    if (std::ranges::find(chosen, id) == chosen.end()) chosen.push_back(id);
  }
  if (!chosen.empty()) return chosen;
  if (const auto cpu = registry.default_target()) chosen.push_back(cpu->target->id);
  if (registry.find_target("onnxruntime")) chosen.emplace_back("onnxruntime");
  if (!chosen.empty()) return chosen;
  return Error{Code::not_found, "no target is installed that this machine could run", "--target",
               "mtc target list shows what there is; name one with --target"};
}

Result<std::vector<TargetTrial>> try_targets(Trial& trial, const plugin::Registry& registry,
                                             const std::filesystem::path& model,
                                             const std::vector<std::string>& targets) {
  std::vector<TargetTrial> trials;
  for (const auto& id : targets) {
    MTC_ASSIGN(auto tried, try_target(trial, registry, model, id));
    trials.push_back(std::move(tried));
  }
  return trials;
}

}  // namespace mtc::cli
