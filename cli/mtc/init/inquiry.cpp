// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/inquiry.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/mtc/init/choose_preprocessing.hpp"
#include "cli/mtc/init/draft.hpp"
#include "cli/mtc/init/survey.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/quantized_model.hpp"

namespace mtc::cli {
namespace {

/// Refuses the targets whose quantized models are not those of the first usable one that takes any.
void refuse_other_schemes(Findings& findings, const plugin::Registry& registry) {
  const plugin::Target* first = nullptr;
  for (const auto& target : findings.targets) {
    if (!target.usable() || first != nullptr) continue;
    const auto match = registry.find_target(target.id);
    if (match && match->target->sections.contains("quant")) first = match->target;
  }
  if (first == nullptr) {
    findings.float_reason = "the targets take no quantized models";
    return;
  }
  for (auto& target : findings.targets) {
    const auto match = registry.find_target(target.id);
    if (!target.usable() || !match) continue;
    const auto& sections = match->target->sections;
    if (!sections.contains("quant")) {
      target.refusal = "it takes no quantized models";
    } else if (sections["quant"] != first->sections["quant"]) {
      target.refusal = fmt::format(
          "it asks something else of a quantized model than {}: give it an int8 stage of its own", first->id);
    }
  }
}

/// Whether, and if not why not, there is something to quantize and somebody who does it.
void decide_quantization(Findings& findings, const plugin::Registry& registry) {
  if (findings.quantized_already) {
    findings.float_reason = "the model is quantized already";
  } else if (!registry.find_stage("quantize.ptq")) {
    findings.float_reason = "no plugin offers quantize.ptq here";
  } else if (findings.data_facts.samples < 2) {
    findings.float_reason = "a single sample cannot both calibrate and score";
  } else {
    refuse_other_schemes(findings, registry);
  }
}

Error all_refused(const Findings& findings) {
  std::string reasons;
  for (const auto& target : findings.targets)
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", target.id, target.refusal);
  return {Code::unimplemented, fmt::format("no target takes the model: {}", reasons), findings.model.string(),
          "name others with --target (mtc target list)"};
}

/// The model's facts, as the target found them that is to run the scores: a runtime that keeps the batch open
/// before one that fixes it.
void take_facts(Findings& findings) {
  const TargetTrial* chosen = nullptr;
  for (const auto& target : findings.targets) {
    if (target.usable() && (chosen == nullptr || target.id == "onnxruntime")) chosen = &target;
  }
  findings.scorer = chosen->id;
  findings.facts = chosen->facts;
}

Result<void> find_targets(Trial& trial, const plugin::Registry& registry, const Question& question,
                          Findings& findings) {
  MTC_ASSIGN(const auto ids, chosen_targets(registry, question.targets));
  say(fmt::format("compiling the float model for {}", fmt::join(ids, ", ")));
  MTC_ASSIGN(findings.targets, try_targets(trial, registry, findings.model, ids));
  for (const auto& target : findings.targets) {
    if (!target.usable()) say(fmt::format("warning: {} is left out: {}", target.id, target.refusal));
  }
  if (findings.usable().empty()) return all_refused(findings);
  take_facts(findings);
  if (findings.facts.inputs.size() == 1) return {};
  return Error{Code::invalid_argument,
               fmt::format("the model has {} inputs, a dataset fills one", findings.facts.inputs.size()),
               findings.model.string(), "give a model with one input"};
}

config::LoadOptions only_quantize_and_build(const std::string& text) {
  config::LoadOptions options;
  for (const char* stage : {"score", "bench", "float_build", "float_score", "float_bench"}) {
    if (text.find(fmt::format("[stage.{}]", stage)) == std::string::npos) continue;
    options.overrides.push_back({fmt::format("stage.{}.skip", stage), "true"});
  }
  return options;
}

}  // namespace

Result<Findings> inquire(Trial& trial, const plugin::Registry& registry, const Question& question) {
  Findings findings;
  findings.model = std::filesystem::absolute(question.model).lexically_normal();
  MTC_ASSIGN(findings.quantized_already, is_quantized(findings.model));
  MTC_ASSIGN(findings.data, data_entry(question.data));
  MTC_ASSIGN(findings.labelled, has_labels(question.data));
  findings.preset = question.data.preprocess;
  findings.reference = static_cast<bool>(registry.find_target("reference"));
  MTC_TRY(check_answerable(findings));
  MTC_TRY(find_targets(trial, registry, question, findings));
  MTC_TRY(choose_preprocessing(trial, question.samples, findings));
  decide_quantization(findings, registry);
  MTC_TRY(try_draft(trial, findings, question.output));
  return findings;
}

Result<void> try_draft(Trial& trial, Findings& findings, const std::filesystem::path& file) {
  const auto compiled = findings.targets;  // Those that take the float model.
  while (findings.quantizes()) {
    say("trying quantization, and the targets on what comes out");
    const auto text = draft(findings, file);
    MTC_ASSIGN(const auto tried, trial.run(text, file.parent_path(), only_quantize_and_build(text)));
    const auto* quantized = tried.stage("int8");
    if (quantized->error) {
      findings.float_reason = "quantizing failed: " + one_line(*quantized->error);
      break;
    }
    bool refused = false;
    for (auto& target : findings.targets) {
      if (!target.usable()) continue;
      const auto* build = tried.stage("build", target.id);
      if (!build->error) continue;
      target.refusal = "it does not take the 8-bit model: " + one_line(*build->error);
      say(fmt::format("warning: {} is left out: {}", target.id, target.refusal));
      refused = true;
    }
    if (!refused) return {};
    if (findings.usable().empty()) findings.float_reason = "no target takes the 8-bit model";
  }
  // What was refused was so for the 8-bit model.
  findings.targets = compiled;
  say("no quantize stage is written: " + findings.float_reason);
  return {};
}

}  // namespace mtc::cli
