// SPDX-License-Identifier: Apache-2.0
//
// [stage.NAME]: uses, with, matrix (matrix_entry.cpp), gate, resources and skip are the file's own keys;
// every other key is an input of the stage.
#include <algorithm>
#include <utility>

#include "core/base/text.hpp"
#include "core/config/entries.hpp"
#include "core/config/fields.hpp"

namespace mtc::config {
namespace {

const std::vector<std::string>& own_keys() {
  static const std::vector<std::string> keys{"uses", "with", "matrix", "gate", "resources", "skip"};
  return keys;
}

/// A scalar, or a list of scalars.
Result<void> check_value(const Fields& fields, const Node& node) {
  const bool fits =
      node.kind == Node::Kind::scalar ||
      (node.kind == Node::Kind::list &&
       std::ranges::all_of(node.children, [](const Node& item) { return item.kind == Node::Kind::scalar; }));
  if (fits) return {};
  return fields.wrong_type(node.key, node, "a value or a list of values");
}

Result<void> read_params(const Node& node, const std::string& title, StageEntry& entry) {
  const Fields fields(node, title + ".with");
  if (node.kind != Node::Kind::table) {
    return invalid(node.place, title + ".with must be a table, but is " + node.type_name(),
                   "write with = { NAME = VALUE }");
  }
  for (const Node& child : node.children) {
    MTC_TRY(check_value(fields, child));
    entry.params[child.key] = {child.json(), child.place};
  }
  return {};
}

/// A parameter or a target that is both fixed and an axis has no one value.
Result<void> refuse_conflict(const std::string& title, const StageEntry& entry) {
  for (const auto& [axis, located] : entry.matrix) {
    const bool param = axis.starts_with("with.");
    if (param ? !entry.params.contains(axis.substr(5)) : !entry.inputs.contains(axis)) continue;
    return invalid(located.place, title + "." + axis + " is given both as a value and as an axis of matrix",
                   "keep one of them");
  }
  return {};
}

Result<void> read_input(const Fields& fields, const Node& node, StageEntry& entry) {
  if (node.kind == Node::Kind::table) {
    return invalid(node.place, "unknown key " + fields.path(node.key), suggest(node.key, {"with", "matrix"}));
  }
  auto values = fields.texts(node.key);
  if (!values) {
    if (node.kind != Node::Kind::scalar || !node.scalar.is_string()) {
      values.error().hint =
          "inputs are names in quotes; parameters belong in [stage." + entry.name + ".with]";
    }
    return values.error();
  }
  if (values->empty()) {
    return invalid(node.place, fields.path(node.key) + " is an empty list", "give it a value or remove it");
  }
  entry.inputs[node.key] = {node.json(), node.place};
  return {};
}

Result<void> read_gates(const Fields& fields, StageEntry& entry) {
  MTC_ASSIGN(const auto gates, fields.texts("gate"));
  if (gates.empty()) return {};
  MTC_ASSIGN(const Node* node, fields.required("gate"));
  for (std::size_t i = 0; i < gates.size(); ++i) {
    entry.gates.emplace_back(gates[i],
                             node->kind == Node::Kind::list ? node->children[i].place : node->place);
  }
  return {};
}

/// resources = { cpu = 2, memory = "4 GiB", device = "board1", exclusive = true }
Result<void> read_resources(const Fields& fields, const Node& node, ResourcesEntry& resources) {
  if (node.kind != Node::Kind::table) return fields.wrong_type(node.key, node, "a table");
  const Fields entry(node, fields.path(node.key));
  MTC_TRY(entry.only({"cpu", "memory", "device", "exclusive"}));
  MTC_ASSIGN(resources.cpu, entry.integer("cpu", 0, 1));
  MTC_ASSIGN(resources.devices, entry.texts("device"));
  MTC_ASSIGN(resources.exclusive, entry.boolean("exclusive", false));
  MTC_ASSIGN(const auto memory, entry.text("memory", ""));
  if (memory.empty()) return {};
  const auto bytes = parse_bytes(memory);
  if (!bytes || *bytes == 0) {
    return invalid(entry.place("memory"), entry.path("memory") + " is \"" + memory + "\", not a size",
                   "write such as \"512 MiB\" or \"4 GiB\"");
  }
  resources.memory_bytes = *bytes;
  return {};
}

/// Why there is no `uses`: a key or the stage's own name may be misspelt.
Error missing_uses(const Node& node, const std::string& title, std::vector<std::string> names) {
  std::string hint = "add uses = \"KIND.NAME\"; mtc plugin list shows the stages";
  for (const Node& child : node.children) {
    if (closest(child.key, {"uses"})) hint = "did you mean \"uses\" by \"" + child.key + "\"?";
  }
  std::erase(names, node.key);
  if (const auto match = closest(node.key, names))
    hint = "did you mean the stage \"" + *match + "\"? Else " + hint;
  return invalid(node.place, title + ".uses is missing", hint);
}

}  // namespace

Result<StageReading> read_stage(const Node& node, const std::vector<std::string>& names) {
  const std::string title = "stage." + node.key;
  MTC_TRY(check_name(node, "the stage"));
  const Fields fields(node, title);
  if (node.kind != Node::Kind::table) {
    return invalid(node.place, title + " must be a table, but is " + node.type_name(),
                   "write [" + title + "]");
  }
  StageReading reading;
  MTC_ASSIGN(reading.skip, fields.boolean("skip", false));
  if (reading.skip) return reading;
  if (!fields.has("uses")) return missing_uses(node, title, names);
  StageEntry& entry = reading.entry;
  entry.name = node.key;
  entry.place = node.place;
  MTC_ASSIGN(const std::string uses, fields.text("uses"));
  entry.uses = {uses, fields.place("uses")};
  for (const Node& child : node.children) {
    if (std::ranges::find(own_keys(), child.key) == own_keys().end())
      MTC_TRY(read_input(fields, child, entry));
  }
  if (const Node* with = node.find("with")) MTC_TRY(read_params(*with, title, entry));
  if (const Node* matrix = node.find("matrix")) MTC_TRY(read_matrix(*matrix, title, entry));
  MTC_TRY(read_gates(fields, entry));
  if (const Node* resources = node.find("resources"))
    MTC_TRY(read_resources(fields, *resources, entry.resources));
  MTC_TRY(refuse_conflict(title, entry));
  return reading;
}

}  // namespace mtc::config
