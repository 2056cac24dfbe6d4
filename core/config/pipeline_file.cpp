// SPDX-License-Identifier: Apache-2.0
#include "core/config/pipeline_file.hpp"

#include <algorithm>
#include <set>

#include "core/config/document_tree.hpp"
#include "core/config/entries.hpp"
#include "core/config/fields.hpp"
#include "core/config/toml.hpp"

namespace mtc::config {
namespace {

/// The table of the section `key`, or null. Errors: it is something else.
Result<const Node*> section(const Node& root, const std::string& key) {
  const Node* node = root.find(key);
  if (node == nullptr || node->kind == Node::Kind::table) return node;
  return invalid(node->place, key + " must be a table, but is " + node->type_name(),
                 "write [" + key + ".NAME]");
}

Result<void> read_datasets(const Node& root, PipelineFile& result) {
  MTC_ASSIGN(const Node* node, section(root, "data"));
  if (node == nullptr) return {};
  for (const Node& child : node->children) {
    MTC_TRY(check_name(child, "the dataset"));
    MTC_ASSIGN(DataEntry entry, read_data(child, "data." + child.key, result.folder, false));
    result.data.push_back(std::move(entry));
  }
  return {};
}

Result<void> read_stages(const Node& root, PipelineFile& result) {
  MTC_ASSIGN(const Node* node, section(root, "stage"));
  std::vector<std::string> names;
  if (node != nullptr) std::ranges::transform(node->children, std::back_inserter(names), &Node::key);
  for (std::size_t i = 0; i < names.size(); ++i) {
    MTC_ASSIGN(StageReading reading, read_stage(node->children[i], names));
    if (!reading.skip) result.stages.push_back(std::move(reading.entry));
  }
  if (!result.stages.empty()) return {};
  return invalid(root.place, "there is no stage", "add [stage.NAME] with uses = \"KIND.NAME\"");
}

/// Names of models and datasets are one namespace: a reference says only the name.
Result<void> check_unique(const PipelineFile& file) {
  for (const DataEntry& data : file.data) {
    if (std::ranges::find(file.models, data.name, &ModelEntry::name) == file.models.end()) continue;
    return invalid(data.place, "\"" + data.name + "\" is the name of a model and of a dataset",
                   "rename one of them");
  }
  return {};
}

/// Every `from` names a dataset, and following it comes to an end.
Result<void> check_views(const PipelineFile& file) {
  std::vector<std::string> names;
  for (const DataEntry& data : file.data) names.push_back(data.name);
  for (const DataEntry& data : file.data) {
    std::set<std::string> seen{data.name};
    for (const DataEntry* at = &data; !at->from.empty();) {
      const auto next = std::ranges::find(file.data, at->from, &DataEntry::name);
      if (next == file.data.end()) {
        std::erase(names, at->name);
        return invalid(at->place,
                       "data." + at->name + ".from names \"" + at->from + "\", which is no dataset",
                       suggest(at->from, names));
      }
      at = &*next;
      if (seen.insert(at->name).second) continue;
      return invalid(data.place, "data." + data.name + " is made from itself",
                     "let one of the views name a source");
    }
  }
  return {};
}

/// Reads the entries of an assembled document.
Result<PipelineFile> build(const Node& root, const std::filesystem::path& folder) {
  PipelineFile result;
  MTC_ASSIGN(result.folder, absolute_folder(folder));
  if (const Node* models = root.find("model")) {
    MTC_ASSIGN(result.models, read_models(*models, result.folder));
  }
  MTC_TRY(read_datasets(root, result));
  MTC_TRY(read_stages(root, result));
  MTC_TRY(check_unique(result));
  MTC_TRY(check_views(result));
  return result;
}

}  // namespace

Result<PipelineFile> load_pipeline(const std::filesystem::path& file, const LoadOptions& options) {
  MTC_ASSIGN(const Node root, load_document(file, options));
  MTC_ASSIGN(PipelineFile result, build(root, file.parent_path()));
  result.file = file;
  return result;
}

Result<PipelineFile> parse_pipeline(std::string_view text, const std::string& origin,
                                    const std::filesystem::path& folder, const LoadOptions& options) {
  MTC_ASSIGN(Node parsed, parse_toml(text, origin));
  MTC_ASSIGN(const Node root, assemble(std::move(parsed), {}, folder, options));
  return build(root, folder);
}

Result<DataEntry> load_data_file(const std::filesystem::path& file) {
  MTC_ASSIGN(const Node root, read_toml(file));
  MTC_ASSIGN(const auto folder, absolute_folder(file.parent_path()));
  MTC_ASSIGN(DataEntry entry, read_data(root, "", folder, true));
  entry.name = file.stem().string();
  return entry;
}

Result<Json> load_toml(const std::filesystem::path& file) {
  MTC_ASSIGN(const Node root, read_toml(file));
  return root.json();
}

}  // namespace mtc::config
