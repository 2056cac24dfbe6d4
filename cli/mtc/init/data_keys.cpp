// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/data_keys.hpp"

#include <fmt/format.h>

#include "cli/mtc/pipeline_text.hpp"

namespace mtc::cli {
namespace {

/// A path, or the list of several.
std::string paths_toml(const std::vector<std::string>& paths) {
  return toml_value(paths.size() == 1 ? Json(paths.front()) : Json(paths));
}

}  // namespace

std::vector<std::string> path_texts(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::string> list;
  for (const auto& path : paths) list.push_back(path.string());
  return list;
}

std::string data_keys(const config::DataEntry& data, const std::vector<std::string>& inputs,
                      const std::vector<std::string>& labels, const std::string& preprocess,
                      std::int64_t label_offset) {
  std::string text = fmt::format("format = \"{}\"\ninputs = {}\n", data.format, paths_toml(inputs));
  if (!labels.empty()) text += fmt::format("labels = {}\n", paths_toml(labels));
  if (data.classes != 0) text += fmt::format("classes = {}\n", data.classes);
  if (label_offset != 0) text += fmt::format("label_offset = {}\n", label_offset);
  if (data.seed) text += fmt::format("seed = {}\n", *data.seed);
  if (data.skip != 0) text += fmt::format("skip = {}\n", data.skip);
  if (data.take) text += fmt::format("take = {}\n", *data.take);
  if (!preprocess.empty()) text += fmt::format("preprocess = {}\n", preprocess);
  return text;
}

}  // namespace mtc::cli
