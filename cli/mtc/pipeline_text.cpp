// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/pipeline_text.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/config/pipeline_file.hpp"
#include "core/config/toml.hpp"

namespace mtc::cli {
namespace {

std::string absolute_text(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

Json paths_json(const std::vector<std::filesystem::path>& paths) {
  Json list = Json::array();
  for (const auto& path : paths) list.push_back(path.string());
  return list;
}

/// The table of a stand-alone description, with its paths made absolute.
Result<std::string> described(const std::string& name, const DataFlags& flags) {
  MTC_ASSIGN(const auto entry, config::load_data_file(flags.path));
  std::string text = fmt::format("[data.{}]\nformat = {}\ninputs = {}\n", name, toml_value(entry.format),
                                 toml_value(paths_json(entry.inputs)));
  if (!flags.labels.empty()) {
    text += fmt::format("labels = {}\n", toml_value(absolute_text(flags.labels)));
  } else if (!entry.labels.empty()) {
    text += fmt::format("labels = {}\n", toml_value(paths_json(entry.labels)));
  }
  if (!flags.preprocess.empty()) {
    text += fmt::format("preprocess = {}\n", toml_value(flags.preprocess));
  } else if (!entry.preprocess.is_null()) {
    text += fmt::format("preprocess = {}\n", toml_value(entry.preprocess));
  }
  if (entry.classes != 0) text += fmt::format("classes = {}\n", entry.classes);
  if (entry.label_offset != 0) text += fmt::format("label_offset = {}\n", entry.label_offset);
  if (entry.seed) text += fmt::format("seed = {}\n", *entry.seed);
  if (entry.skip != 0) text += fmt::format("skip = {}\n", entry.skip);
  if (entry.take) text += fmt::format("take = {}\n", *entry.take);
  return text;
}

bool has_sub_folders(const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  return !error &&
         std::any_of(begin(entries), end(entries), [](const auto& entry) { return entry.is_directory(); });
}

}  // namespace

std::string toml_value(const Json& value) {
  if (value.is_array()) {
    std::string text;
    for (const auto& item : value) text += (text.empty() ? "" : ", ") + toml_value(item);
    return "[" + text + "]";
  }
  if (value.is_object()) {
    std::string text;
    for (const auto& [key, item] : value.items())
      text += (text.empty() ? " " : ", ") + config::toml_key(key) + " = " + toml_value(item);
    return "{" + text + " }";
  }
  if (value.is_string()) return toml_string(value.get_ref<const std::string&>());
  if (value.is_number_float() && !std::isfinite(value.get<double>())) return number_text(value.get<double>());
  return value.dump();  // JSON's numbers and truth values are TOML's.
}

Result<std::string> data_table(const std::string& name, const DataFlags& flags) {
  std::error_code error;
  const std::filesystem::path path = flags.path;
  if (!std::filesystem::exists(path, error)) {
    return Error{Code::not_found, fmt::format("'{}' does not exist", flags.path), "--" + name,
                 "check the path"};
  }
  if (path.extension() == ".toml") return described(name, flags);
  const bool folder = std::filesystem::is_directory(path, error);
  if (!folder && path.extension() != ".npy") {
    return Error{Code::invalid_argument, fmt::format("'{}' is no dataset", flags.path), "--" + name,
                 "give a folder of images, an .npy or a .toml that describes the data"};
  }
  std::string text = fmt::format("[data.{}]\nformat = \"{}\"\ninputs = {}\n", name, folder ? "images" : "npy",
                                 toml_value(absolute_text(path)));
  if (!flags.labels.empty()) text += fmt::format("labels = {}\n", toml_value(absolute_text(flags.labels)));
  if (!flags.preprocess.empty()) text += fmt::format("preprocess = {}\n", toml_value(flags.preprocess));
  return text;
}

Result<bool> has_labels(const DataFlags& flags) {
  if (!flags.labels.empty()) return true;
  std::error_code error;
  if (std::filesystem::is_directory(flags.path, error)) return has_sub_folders(flags.path);
  if (std::filesystem::path(flags.path).extension() != ".toml") return false;
  MTC_ASSIGN(const auto entry, config::load_data_file(flags.path));
  return !entry.labels.empty() || (entry.format == "images" && has_sub_folders(entry.inputs.front()));
}

}  // namespace mtc::cli
