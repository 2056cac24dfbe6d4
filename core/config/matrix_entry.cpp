// SPDX-License-Identifier: Apache-2.0
//
// matrix of [stage.NAME]: its axes, and the combinations of their values that are left out.
#include <algorithm>
#include <utility>

#include "core/config/entries.hpp"
#include "core/config/fields.hpp"

namespace mtc::config {
namespace {

/// One axis: a list of distinct values.
Result<void> read_axis(const Fields& fields, const Node& node, const std::string& axis, StageEntry& entry) {
  if (node.kind != Node::Kind::list) return fields.wrong_type(node.key, node, "a list of values");
  if (node.children.empty()) {
    return invalid(node.place, fields.path(node.key) + " is an empty list", "give it a value or remove it");
  }
  Json seen = Json::array();
  for (const Node& item : node.children) {
    if (item.kind == Node::Kind::table) return fields.wrong_type(node.key + " item", item, "a value");
    if (axis == "target" && !item.scalar.is_string())
      return fields.wrong_type("target item", item, "a string");
    Json value = item.json();
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) {
      const std::string shown = value.dump(-1, ' ', false, Json::error_handler_t::replace);
      return invalid(item.place, fields.path(node.key) + " holds " + shown + " twice", "remove one of them");
    }
    seen.push_back(std::move(value));
  }
  entry.matrix.emplace_back(axis, Located{std::move(seen), node.place});
  return {};
}

/// Adds the values of one table of `exclude`; `prefix` is "with." inside of `with`.
Result<void> read_excluded(const Fields& fields, const Node& table, ExcludeEntry& exclude) {
  for (const Node& child : table.children) {
    if (child.kind == Node::Kind::table) {
      if (child.key != "with" || &table != &fields.table())
        return fields.wrong_type(child.key, child, "a value");
      MTC_TRY(read_excluded(fields, child, exclude));
      continue;
    }
    const std::string axis = child.key.starts_with("with.") ? child.key.substr(5) : child.key;
    if (std::ranges::find(exclude.values, axis, &std::pair<std::string, Located>::first) !=
        exclude.values.end()) {
      return invalid(child.place, fields.path(axis) + " is given twice", "remove one of them");
    }
    exclude.values.emplace_back(axis, Located{child.json(), child.place});
  }
  return {};
}

/// exclude = [{ target = "a", with.calibration = "mse" }, …]
Result<void> read_excludes(const Fields& matrix, StageEntry& entry) {
  MTC_ASSIGN(const auto tables, matrix.tables("exclude"));
  for (const Node* table : tables) {
    ExcludeEntry exclude{{}, table->place};
    MTC_TRY(read_excluded(Fields(*table, matrix.path("exclude")), *table, exclude));
    if (exclude.values.empty()) {
      return invalid(table->place, "an item of " + matrix.path("exclude") + " is empty",
                     "name the values that do not go together, or remove it");
    }
    entry.excludes.push_back(std::move(exclude));
  }
  return {};
}

}  // namespace

Result<void> read_matrix(const Node& node, const std::string& title, StageEntry& entry) {
  const Fields fields(node, title + ".matrix");
  MTC_TRY(fields.only({"target", "with", "exclude"}));
  std::vector<std::pair<const Node*, bool>> axes;  // With whether it is a parameter.
  if (const Node* target = node.find("target")) axes.emplace_back(target, false);
  const Node* with = node.find("with");
  if (with != nullptr && with->kind != Node::Kind::table) return fields.wrong_type("with", *with, "a table");
  if (with != nullptr) {
    for (const Node& child : with->children) axes.emplace_back(&child, true);
  }
  std::ranges::stable_sort(axes, {}, [](const auto& axis) { return axis.first->order; });
  for (const auto& [axis, is_param] : axes) {
    const Fields owner(is_param ? *with : node, title + (is_param ? ".matrix.with" : ".matrix"));
    MTC_TRY(read_axis(owner, *axis, is_param ? "with." + axis->key : axis->key, entry));
  }
  return read_excludes(fields, entry);
}

}  // namespace mtc::config
