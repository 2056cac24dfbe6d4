// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/scoring.hpp"

#include <fmt/format.h>

#include "cli/mtc/init/data_keys.hpp"
#include "cli/mtc/init/try_targets.hpp"
#include "cli/mtc/pipeline_text.hpp"

namespace mtc::cli {
namespace {

/// The dataset of `way`: pictures are listed by the subset, arrays are drawn from.
std::string dataset_text(const Scoring& scoring, const Preprocessing& way) {
  const std::string name = way.stage_name();
  config::DataEntry data = scoring.data;
  if (!scoring.subset.empty()) {
    data.seed.reset();
    data.skip = 0;
    data.take.reset();
    return fmt::format(
        "[data.{}_data]\n{}", name,
        data_keys(data, path_texts(data.inputs), {scoring.subset.string()}, way.toml(), way.label_offset));
  }
  return fmt::format(
      "[data.{0}_all]\n{1}[data.{0}_data]\nfrom = \"{0}_all\"\nseed = 0\ntake = {2}\n", name,
      data_keys(data, path_texts(data.inputs), path_texts(data.labels), way.toml(), way.label_offset),
      scoring.samples);
}

Score score_of(const Preprocessing& way, const run::StageReport& stage) {
  Score score;
  score.way = way;
  if (stage.error || stage.status == "skipped") {
    score.failure = stage.error ? one_line(*stage.error) : "the model could not be compiled";
    return score;
  }
  const auto metric = [&](const char* name) {
    const auto found = stage.metrics.find(name);
    return found == stage.metrics.end() ? 0.0 : found->second;
  };
  score.samples = static_cast<std::uint64_t>(metric("samples"));
  score.top1 = metric("top1");
  score.low = metric("top1_low");
  score.high = metric("top1_high");
  return score;
}

}  // namespace

std::string scoring_text(const Scoring& scoring, const std::vector<Preprocessing>& ways) {
  std::string text = fmt::format(
      "mtc = 1\n[model]\npath = {}\n[stage.compile]\nuses = \"compile\"\nmodel = \"model\"\ntarget = "
      "\"{}\"\n",
      toml_value(scoring.model.string()), scoring.target);
  for (const auto& way : ways) {
    text += dataset_text(scoring, way);
    text += fmt::format(
        "[stage.{0}]\nuses = \"evaluate.classification\"\nartifact = \"compile.artifact\"\ndata = "
        "\"{0}_data\"\n",
        way.stage_name());
  }
  return text;
}

Result<std::vector<Score>> score(Trial& trial, const Scoring& scoring,
                                 const std::vector<Preprocessing>& ways) {
  MTC_ASSIGN(const auto tried, trial.run(scoring_text(scoring, ways), scoring.model.parent_path()));
  std::vector<Score> scores;
  for (const auto& way : ways) scores.push_back(score_of(way, *tried.stage(way.stage_name())));
  return scores;
}

}  // namespace mtc::cli
