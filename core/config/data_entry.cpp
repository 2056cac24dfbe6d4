// SPDX-License-Identifier: Apache-2.0
//
// [data.NAME]: where the samples come from decides which keys there may be.
#include <algorithm>
#include <string_view>
#include <utility>

#include "core/config/entries.hpp"
#include "core/config/fields.hpp"
#include "core/config/path_text.hpp"
#include "core/config/preprocess.hpp"

namespace mtc::config {
namespace {

/// The keys that every dataset may have: which samples, in which order.
Result<void> read_selection(const Fields& fields, DataEntry& entry) {
  MTC_ASSIGN(const std::int64_t skip, fields.integer("skip", 0, 0));
  entry.skip = static_cast<std::uint64_t>(skip);
  if (fields.has("seed")) {
    MTC_ASSIGN(const std::int64_t seed, fields.integer("seed", 0, 0));
    entry.seed = static_cast<std::uint64_t>(seed);
  }
  if (fields.has("take")) {
    MTC_ASSIGN(const std::int64_t take, fields.integer("take", 1, 1));
    entry.take = static_cast<std::uint64_t>(take);
  }
  return {};
}

Result<std::vector<std::filesystem::path>> read_paths(const Fields& fields, const std::string& key,
                                                      const std::filesystem::path& folder,
                                                      std::vector<WrittenPath>& written) {
  MTC_ASSIGN(const auto texts, fields.texts(key));
  std::vector<std::filesystem::path> paths;
  for (const std::string& text : texts) {
    written.push_back({text, fields.folder(key, folder)});
    MTC_ASSIGN(auto path, resolve_path(text, written.back().folder, fields.place(key)));
    paths.push_back(std::move(path));
  }
  return paths;
}

/// Arrays are taken in the size that they have.
Result<void> refuse_geometry(const Node& node, const std::string& title) {
  const Fields fields(node, title);
  for (const std::string key : {"resize", "crop"}) {
    if (!fields.has(key)) continue;
    return invalid(fields.place(key), fields.path(key) + " does not apply to arrays",
                   "remove it, or read pictures with format = \"images\"");
  }
  return {};
}

/// What a source has and a view has not: how to read it and what its samples mean.
Result<void> read_meaning(const Fields& fields, DataEntry& entry) {
  MTC_ASSIGN(entry.format, fields.choice("format", "", {"npy", "images"}));
  MTC_ASSIGN(entry.classes, fields.integer("classes", 0, 0));
  MTC_ASSIGN(entry.label_offset, fields.integer("label_offset", 0));
  if (!fields.has("preprocess")) return {};
  MTC_ASSIGN(const Node* node, fields.required("preprocess"));
  MTC_ASSIGN(entry.preprocess, read_preprocess(*node, fields.path("preprocess")));
  if (entry.format == "images" || node->kind != Node::Kind::table) return {};
  return refuse_geometry(*node, fields.path("preprocess"));
}

Result<void> read_source(const Fields& fields, const std::filesystem::path& folder, DataEntry& entry) {
  MTC_TRY(fields.required("format"));
  MTC_ASSIGN(entry.inputs, read_paths(fields, "inputs", folder, entry.written));
  if (entry.inputs.empty()) {
    return invalid(fields.place("inputs"), fields.path("inputs") + " is an empty list",
                   "name a file or folder");
  }
  MTC_ASSIGN(entry.labels, read_paths(fields, "labels", folder, entry.written));
  return read_meaning(fields, entry);
}

/// The folder that a stage makes holds arrays.
Result<void> read_stage_source(const Fields& fields, DataEntry& entry) {
  MTC_ASSIGN(entry.stage, fields.text("stage"));
  MTC_TRY(read_meaning(fields, entry));
  if (entry.format == "images") {
    return invalid(fields.place("format"), fields.path("format") + " is \"images\", but a stage makes arrays",
                   "use format = \"npy\"");
  }
  entry.format = "npy";
  return {};
}

/// The keys that go with `origin` ("inputs", "from" or "stage"); with none, all that a dataset may have.
std::vector<std::string> keys_of(std::string_view origin, bool alone) {
  std::vector<std::string> keys;
  if (origin == "from" || (origin.empty() && !alone)) keys.emplace_back("from");
  if (origin == "stage" || (origin.empty() && !alone)) keys.emplace_back("stage");
  if (origin.empty() || origin == "inputs") {
    keys.emplace_back("inputs");
    keys.emplace_back("labels");
  }
  if (origin != "from") {
    for (const char* key : {"format", "classes", "label_offset", "preprocess"}) keys.emplace_back(key);
  }
  for (const char* key : {"skip", "take", "seed"}) keys.emplace_back(key);
  return keys;
}

/// Which of inputs, from and stage the table has: exactly one of them.
Result<std::string> origin_of(const Fields& fields, const Node& node, bool alone) {
  std::string origin;
  for (const std::string key : {"from", "stage", "inputs"}) {
    if (!fields.has(key)) continue;
    if (!origin.empty()) {
      return invalid(fields.place(key),
                     fields.path(key) + " and " + fields.path(origin) + " exclude each other",
                     "keep the one that says where the samples come from");
    }
    origin = key;
  }
  if (!origin.empty()) return origin;
  const std::string choice =
      alone ? "inputs = …" : "inputs = …, from = \"DATASET\" or stage = \"STAGE.OUTPUT\"";
  return invalid(node.place, fields.path("inputs") + " is missing", "add " + choice);
}

}  // namespace

Result<DataEntry> read_data(const Node& node, const std::string& title, const std::filesystem::path& folder,
                            bool alone) {
  const Fields fields(node, title);
  MTC_TRY(fields.only(keys_of("", alone)));
  MTC_ASSIGN(const std::string origin, origin_of(fields, node, alone));
  const auto keys = keys_of(origin, alone);
  for (const Node& child : node.children) {
    if (std::ranges::find(keys, child.key) != keys.end()) continue;
    return invalid(child.place, fields.path(child.key) + " does not go with " + origin,
                   origin == "from" ? "a view takes from, skip, take and seed"
                                    : "a stage's folder holds images and labels");
  }
  DataEntry entry;
  entry.name = node.key;
  entry.place = node.place;
  MTC_TRY(read_selection(fields, entry));
  if (origin == "from") {
    MTC_ASSIGN(entry.from, fields.text("from"));
  } else if (origin == "stage") {
    MTC_TRY(read_stage_source(fields, entry));
  } else {
    MTC_TRY(read_source(fields, folder, entry));
  }
  return entry;
}

}  // namespace mtc::config
