// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/init_json.hpp"

namespace mtc::cli {
namespace {

Json tensors_json(const std::vector<TensorFacts>& tensors) {
  Json list = Json::array();
  for (const auto& tensor : tensors)
    list.push_back({{"name", tensor.name}, {"type", tensor.type}, {"shape", tensor.shape}});
  return list;
}

Json score_json(const Score& score, bool chosen) {
  Json json = {{"name", score.way.stage_name()},
               {"preprocess", score.way.toml()},
               {"label_offset", score.way.label_offset},
               {"chosen", chosen},
               {"error", nullptr}};
  if (!score.failure.empty()) {
    json["error"] = score.failure;
    return json;
  }
  json["samples"] = score.samples;
  json["top1"] = score.top1;
  json["top1_low"] = score.low;
  json["top1_high"] = score.high;
  return json;
}

}  // namespace

Json init_json(const Findings& findings, const std::filesystem::path& file) {
  Json targets = Json::array();
  for (const auto& target : findings.targets) {
    targets.push_back({{"id", target.id},
                       {"used", target.usable()},
                       {"reason", target.usable() ? Json() : Json(target.refusal)}});
  }
  Json scores = Json::array();
  for (std::size_t i = 0; i < findings.scores.size(); ++i)
    scores.push_back(score_json(findings.scores[i], i == findings.best));
  const auto calibration = findings.quantizes() ? findings.calibration() : 0;
  return {{"schema", "mtc.init/1"},
          {"path", file.string()},
          {"model",
           {{"path", findings.model.string()},
            {"inputs", tensors_json(findings.facts.inputs)},
            {"outputs", tensors_json(findings.facts.outputs)},
            {"quantized", findings.quantized_already}}},
          {"data",
           {{"samples", findings.data_facts.samples},
            {"labelled", findings.labelled},
            {"calibration", calibration},
            {"test", findings.data_facts.samples - calibration}}},
          {"targets", std::move(targets)},
          {"quantize",
           {{"used", findings.quantizes()},
            {"reason", findings.quantizes() ? Json() : Json(findings.float_reason)}}},
          {"preprocess",
           {{"origin", name_of(findings.origin)},
            {"value", findings.preprocess},
            {"label_offset", findings.label_offset}}},
          {"scores", std::move(scores)},
          {"warnings", findings.warnings}};
}

}  // namespace mtc::cli
