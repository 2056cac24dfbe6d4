// SPDX-License-Identifier: Apache-2.0
//
// [model] and [model.NAME].
#include <algorithm>
#include <utility>

#include "core/config/entries.hpp"
#include "core/config/fields.hpp"
#include "core/config/path_text.hpp"

namespace mtc::config {
namespace {

Result<ModelEntry> read_model(const Node& node, const std::string& name, const std::string& title,
                              const std::filesystem::path& folder) {
  const Fields fields(node, title);
  MTC_TRY(fields.only({"path"}));
  MTC_ASSIGN(const std::string text, fields.text("path"));
  ModelEntry entry;
  entry.name = name;
  entry.place = fields.place("path");
  entry.written = {text, fields.folder("path", folder)};
  MTC_ASSIGN(entry.path, resolve_path(text, entry.written.folder, fields.place("path")));
  return entry;
}

}  // namespace

Result<void> check_name(const Node& node, const std::string& title) {
  const bool fits = !node.key.empty() && std::ranges::all_of(node.key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (fits) return {};
  return invalid(node.place, title + " \"" + node.key + "\" is not a name", "use letters, digits, _ and -");
}

Result<std::vector<ModelEntry>> read_models(const Node& node, const std::filesystem::path& folder) {
  std::vector<ModelEntry> models;
  if (node.kind != Node::Kind::table) {
    return invalid(node.place, "model must be a table, but is " + node.type_name(),
                   "write [model] and path = \"…\"");
  }
  const Node* path = node.find("path");
  if (node.children.empty() || (path != nullptr && path->kind != Node::Kind::table)) {
    MTC_ASSIGN(ModelEntry entry, read_model(node, "model", "model", folder));
    models.push_back(std::move(entry));
    return models;
  }
  for (const Node& child : node.children) {
    if (child.kind != Node::Kind::table) {
      return invalid(child.place, "unknown key model." + child.key, "the keys of [model] are: path");
    }
    MTC_TRY(check_name(child, "the model"));
    MTC_ASSIGN(ModelEntry entry, read_model(child, child.key, "model." + child.key, folder));
    models.push_back(std::move(entry));
  }
  return models;
}

}  // namespace mtc::config
