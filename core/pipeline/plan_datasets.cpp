// SPDX-License-Identifier: Apache-2.0
//
// Datasets of the file → datasets of the plan: chains of views, decoded image folders, folders that stages
// make.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/pipeline/planner.hpp"

namespace mtc::pipeline {
namespace {

Json view_of(const config::DataEntry& entry) {
  return {{"seed", entry.seed ? Json(*entry.seed) : Json()},
          {"skip", entry.skip},
          {"take", entry.take ? Json(*entry.take) : Json()}};
}

bool is_whole(const config::DataEntry& entry) { return !entry.seed && entry.skip == 0 && !entry.take; }

/// The part of a preprocess table that reading applies; the rest belongs to decoding.
Json reading_part(const Json& preprocess) {
  if (preprocess.is_null()) return preprocess;
  Json part = Json::object();
  for (const char* key : {"color", "scale", "mean", "std"}) {
    if (preprocess.contains(key)) part[key] = preprocess[key];
  }
  return part;
}

Result<Source> file_source(const std::filesystem::path& path, const config::DataEntry& entry) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return plan_error(entry.place, Code::not_found,
                      fmt::format("dataset '{}': '{}' does not exist", entry.name, path.string()),
                      "check the path");
  }
  if (std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) == 0) {
    return plan_error(entry.place, Code::invalid_argument,
                      fmt::format("dataset '{}': '{}' is empty", entry.name, path.string()),
                      "write the file again");
  }
  Source source;
  source.type = "any";
  source.path = path;
  source.place = entry.place;
  return source;
}

/// Whether `folder` has sub-folders, or cannot be looked through: decoding then says why.
bool may_have_sub_folders(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code broken;  // A link to nowhere is no folder.
    if (at->is_directory(broken)) return true;
  }
  return static_cast<bool>(error);
}

/// Whether decoding can find labels: in a file that names them, or in the sub-folders of a folder.
bool has_labels(const config::DataEntry& entry) {
  return !entry.labels.empty() || std::ranges::any_of(entry.inputs, may_have_sub_folders);
}

}  // namespace

Result<void> Planner::find_makers() {
  for (const auto& data : file_.data) {
    const config::DataEntry* root = &data;
    while (!root->from.empty()) root = &*std::ranges::find(file_.data, root->from, &config::DataEntry::name);
    if (root->stage.empty()) continue;
    MTC_ASSIGN(const auto references, references_of({Json(root->stage), root->place}));
    const auto& maker = references.front();
    if (maker.all) {
      return plan_error(root->place, Code::invalid_argument,
                        fmt::format("dataset '{}' is made of all variants of '{}'", root->name, maker.name),
                        "leave [*] out to get a dataset for each variant, or choose one with [axis=value]");
    }
    makers_[data.name] = maker;
  }
  return {};
}

Result<std::size_t> Planner::dataset(const std::string& name, const config::Place& place,
                                     std::optional<std::size_t> maker) {
  const auto known = dataset_indices_.find({name, maker});
  if (known != dataset_indices_.end()) return known->second;
  const auto entry = std::ranges::find(file_.data, name, &config::DataEntry::name);
  if (entry == file_.data.end()) {
    std::vector<std::string> names;
    for (const auto& data : file_.data) names.push_back(data.name);
    return plan_error(place, Code::not_found, fmt::format("no dataset is called '{}'", name),
                      suggestion(name, names));
  }
  Dataset made;
  if (entry->from.empty()) {
    MTC_ASSIGN(made, source_dataset(*entry, maker));
  } else {
    MTC_ASSIGN(const auto parent, dataset(entry->from, entry->place, maker));
    made = plan_.datasets[parent];
    if (!entry->preprocess.is_null()) made.preprocess = reading_part(entry->preprocess);
  }
  made.name = name;
  if (!is_whole(*entry)) made.views.push_back(view_of(*entry));
  plan_.datasets.push_back(std::move(made));
  const std::size_t index = plan_.datasets.size() - 1;
  dataset_indices_[{name, maker}] = index;
  return index;
}

Result<Dataset> Planner::source_dataset(const config::DataEntry& entry, std::optional<std::size_t> maker) {
  if (!entry.stage.empty()) return stage_dataset(entry, maker);
  if (entry.format == "images") return decoded_images(entry);
  Dataset made;
  made.views = Json::array();
  for (const auto& path : entry.inputs) {
    MTC_ASSIGN(auto source, file_source(path, entry));
    made.inputs.push_back(std::move(source));
  }
  for (const auto& path : entry.labels) {
    MTC_ASSIGN(auto source, file_source(path, entry));
    made.labels.push_back(std::move(source));
  }
  for (const char* key : {"resize", "crop"}) {
    if (entry.preprocess.is_object() && entry.preprocess.contains(key)) {
      return plan_error(entry.place, Code::invalid_argument,
                        fmt::format("dataset '{}': NPY arrays are not {}d", entry.name, key),
                        fmt::format("{} the images before, or use format = \"images\"", key));
    }
  }
  made.labelled = !made.labels.empty();
  made.preprocess = reading_part(entry.preprocess);
  made.classes = entry.classes;
  made.label_offset = entry.label_offset;
  return made;
}

Result<Dataset> Planner::stage_dataset(const config::DataEntry& entry, std::optional<std::size_t> maker) {
  const Bound bound{makers_.at(entry.name), maker, entry.place};
  if (!maker) {
    return plan_error(entry.place, Code::invalid_argument,
                      fmt::format("dataset '{}': no stage is called '{}'", entry.name, bound.reference.name),
                      suggestion(bound.reference.name, all_names()));
  }
  MTC_ASSIGN(const auto folder, output_of(bound));
  Dataset made;
  made.views = Json::array();
  made.preprocess = reading_part(entry.preprocess);
  made.classes = entry.classes;
  made.label_offset = entry.label_offset;
  for (auto [list, member] : {std::pair(&made.inputs, "images.npy"), std::pair(&made.labels, "labels.npy")}) {
    Source source = folder;
    source.member = member;
    list->push_back(std::move(source));
  }
  return made;
}

Result<Dataset> Planner::decoded_images(const config::DataEntry& entry) {
  if (entry.preprocess.is_null()) {
    return plan_error(entry.place, Code::invalid_argument,
                      fmt::format("dataset '{}' has no preprocess", entry.name),
                      fmt::format("images need one of: {}", fmt::join(config::preset_names(), ", ")));
  }
  auto match = registry_.find_stage("data.decode");
  if (!match) {
    match.error().where = entry.place;
    return match.error();
  }
  Action action;
  action.kind = "stage";
  action.name = match->stage->name;
  action.plugin = match->plugin;
  action.outputs = match->stage->outputs;
  for (const auto& param : match->stage->params) {
    Json value = param.default_value;
    if (entry.preprocess.contains(param.name)) {
      value = entry.preprocess[param.name];
      if (param.list && !value.is_array()) value = Json::array({value});
      auto checked = param.check(value);
      if (!checked) {
        checked.error().where = entry.place;
        return checked.error();
      }
      value = *std::move(checked);
    }
    action.params[param.name] = value;
    if (param.affects_output) action.key_params[param.name] = value;
  }
  for (const auto& path : entry.inputs) {
    MTC_ASSIGN(auto source, file_source(path, entry));
    action.inputs.push_back({"source", std::move(source)});
  }
  for (const auto& path : entry.labels) {
    MTC_ASSIGN(auto source, file_source(path, entry));
    action.inputs.push_back({"labels", std::move(source)});
  }
  Source folder;
  folder.kind = Source::Kind::output;
  folder.type = "any";
  folder.output = action.outputs.front().name;
  folder.place = entry.place;
  folder.action = add_action(std::move(action));
  Dataset made;
  made.views = Json::array();
  made.preprocess = reading_part(entry.preprocess);
  made.labelled = has_labels(entry);
  made.preprocess["color"] = "rgb";  // Decoding has put the channels in their order already.
  made.classes = entry.classes;
  made.label_offset = entry.label_offset;
  folder.member = "images.npy";
  made.inputs.push_back(folder);
  folder.member = "labels.npy";
  made.labels.push_back(folder);
  return made;
}

}  // namespace mtc::pipeline
