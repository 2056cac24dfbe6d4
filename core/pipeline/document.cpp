// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/document.hpp"

#include <fmt/format.h>

namespace mtc::pipeline {
namespace {

/// The version of core/data: raised when reading a dataset gives other values.
constexpr int kDatasetVersion = 1;

}  // namespace

std::string make_document(const Action& action, const Facts& facts) {
  std::string text = fmt::format("mtc-action {}\nkind {}\nname {}\n", kSchemaEpoch, action.kind, action.name);
  if (action.plugin != nullptr) {
    const auto& manifest = action.plugin->manifest;
    text += fmt::format("plugin {} {} {}\n", manifest.id, manifest.version, facts.plugin);
  }
  for (const auto& [name, digest] : facts.dependencies)
    text += fmt::format("dependency {} {}\n", name, digest);
  for (const auto& [name, value] : facts.numeric) text += fmt::format("numeric {} {}\n", name, value);
  for (const auto& [name, value] : action.target_values.items())
    text += fmt::format("{} {}\n", name, value.dump());
  for (const auto& [name, value] : action.key_params.items())
    text += fmt::format("param {} {}\n", name, value.dump());
  bool reads_dataset = false;
  for (std::size_t i = 0; i < facts.inputs.size(); ++i) {
    const auto& type = action.inputs[i].source.type;
    reads_dataset = reads_dataset || type == "dataset";
    text += fmt::format("input {} {} {}\n", facts.inputs[i].first, type, facts.inputs[i].second);
  }
  if (reads_dataset) text += fmt::format("dataset-version {}\n", kDatasetVersion);
  for (const auto& output : action.outputs)
    text += fmt::format("output {} {} {}\n", output.name, output.type, output.file);
  return text;
}

Digest dataset_digest(const Dataset& dataset, const std::vector<Digest>& inputs,
                      const std::vector<Digest>& labels) {
  const Json description = {{"inputs", inputs},
                            {"labels", labels},
                            {"preprocess", dataset.preprocess},
                            {"classes", dataset.classes},
                            {"label_offset", dataset.label_offset},
                            {"views", dataset.views}};
  return digest_of(description.dump());
}

}  // namespace mtc::pipeline
