// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/manifest.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/config/fields.hpp"
#include "core/config/toml.hpp"
#include "core/plugin/manifest_stage.hpp"
#include "core/plugin/names.hpp"

namespace mtc::plugin {
namespace {

using config::Fields;
using config::invalid;
using config::Node;

constexpr std::int64_t kFormat = 1;

Result<void> read_head(const Node& root, const Fields& fields, Manifest& manifest) {
  if (root.children.empty())
    return invalid(root.place, "the manifest is empty", "begin with mtc = 1 and id = \"…\"");
  MTC_TRY(fields.required("mtc"));
  MTC_ASSIGN(const std::int64_t format, fields.integer("mtc", kFormat));
  if (format != kFormat) {
    return invalid(fields.place("mtc"),
                   "the manifest has format " + std::to_string(format) + "; this mtc reads format 1",
                   "build the plugin with the SDK of this mtc");
  }
  MTC_TRY(fields.only({"mtc", "id", "version", "summary", "library", "tool", "stage", "target"}));
  MTC_ASSIGN(manifest.id, fields.text("id"));
  MTC_TRY(check_word(manifest.id, "id", fields.place("id")));
  MTC_ASSIGN(manifest.version, fields.text("version"));
  MTC_ASSIGN(manifest.summary, fields.text("summary"));
  return {};
}

/// [[library]] file, [[tool]] name: found on the machine by that name alone.
Result<void> read_dependencies(const Fields& fields, const std::string& key, const std::string& name_key,
                               Manifest& manifest) {
  MTC_ASSIGN(const auto tables, fields.tables(key));
  for (const Node* table : tables) {
    const Fields entry(*table, key);
    MTC_TRY(entry.only({name_key}));
    MTC_ASSIGN(const std::string name, entry.text(name_key));
    if (name.find('/') != std::string::npos) {
      return invalid(entry.place(name_key), entry.path(name_key) + " \"" + name + "\" is a path",
                     "give the name alone: it is searched on the machine that runs the plugin");
    }
    if (std::ranges::find(manifest.dependencies, name, &Dependency::name) != manifest.dependencies.end()) {
      return invalid(entry.place(name_key), "the dependency \"" + name + "\" is listed twice",
                     "remove one of them");
    }
    manifest.dependencies.push_back({name, key == "tool"});
  }
  return {};
}

Result<void> read_stages(const Fields& fields, const Flags& reserved, Manifest& manifest) {
  MTC_ASSIGN(const auto tables, fields.tables("stage"));
  std::set<std::string> names;
  std::set<std::string> defaults;
  for (const Node* table : tables) {
    MTC_ASSIGN(Stage stage, read_stage(*table, reserved));
    const Fields entry(*table, "stage");
    if (!names.insert(stage.name).second) {
      return invalid(entry.place("name"), "the stage \"" + stage.name + "\" is declared twice",
                     "rename one of them");
    }
    if (stage.is_default && !defaults.insert(stage.kind()).second) {
      return invalid(entry.place("default"), "a second default stage of the kind \"" + stage.kind() + "\"",
                     "keep default = true at one of them");
    }
    manifest.stages.push_back(std::move(stage));
  }
  return {};
}

Result<void> read_targets(const Fields& fields, const Flags& reserved, Manifest& manifest) {
  MTC_ASSIGN(const auto tables, fields.tables("target"));
  for (const Node* table : tables) {
    MTC_ASSIGN(TargetService target, read_target_service(*table, reserved));
    if (std::ranges::find(manifest.targets, target.name, &TargetService::name) != manifest.targets.end()) {
      return invalid(Fields(*table, "target").place("name"),
                     "the target \"" + target.name + "\" is declared twice", "rename one of them");
    }
    manifest.targets.push_back(std::move(target));
  }
  return {};
}

template <class T>
const T* by_name(const std::vector<T>& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &T::name);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const Param* Stage::param(std::string_view wanted) const { return by_name(params, wanted); }
const Input* Stage::input(std::string_view wanted) const { return by_name(inputs, wanted); }
const Output* Stage::output(std::string_view wanted) const { return by_name(outputs, wanted); }

bool Stage::runs_artifact(const Input& input) const {
  if (input.optional || (input.type != "predictions" && input.type != "timings")) return false;
  const auto first = std::ranges::find_if(
      inputs, [&](const Input& each) { return each.type == input.type && !each.optional; });
  return first != inputs.end() && first->name == input.name;
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& origin, const Flags& reserved) {
  MTC_ASSIGN(const Node root, config::parse_toml(text, origin));
  const Fields fields(root, "");
  Manifest manifest;
  MTC_TRY(read_head(root, fields, manifest));
  MTC_TRY(read_dependencies(fields, "library", "file", manifest));
  MTC_TRY(read_dependencies(fields, "tool", "name", manifest));
  MTC_TRY(read_stages(fields, reserved, manifest));
  MTC_TRY(read_targets(fields, reserved, manifest));
  if (manifest.stages.empty() && manifest.targets.empty()) {
    return invalid(root.place, "the plugin \"" + manifest.id + "\" offers no stage and no target",
                   "add [[stage]] or [[target]]");
  }
  return manifest;
}

}  // namespace mtc::plugin
