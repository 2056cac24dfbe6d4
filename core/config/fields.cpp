// SPDX-License-Identifier: Apache-2.0
#include "core/config/fields.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mtc::config {

Fields::Fields(const Node& table, std::string title) : table_(&table), title_(std::move(title)) {}

Result<void> Fields::only(const std::vector<std::string>& known) const {
  if (table_->kind != Node::Kind::table) {
    return invalid(table_->place, title_ + " must be a table, but is " + table_->type_name(),
                   "write its keys under [" + title_ + "]");
  }
  for (const Node& child : table_->children) {
    if (std::ranges::find(known, child.key) != known.end()) continue;
    return invalid(child.place, "unknown key " + path(child.key), suggest(child.key, known));
  }
  return {};
}

Result<const Node*> Fields::required(std::string_view key) const {
  if (const Node* node = table_->find(key)) return node;
  return invalid(table_->place, path(key) + " is missing", "add " + std::string(key) + " = …");
}

const Place& Fields::place(std::string_view key) const {
  const Node* node = table_->find(key);
  return node != nullptr ? node->place : table_->place;
}

std::filesystem::path Fields::folder(std::string_view key, const std::filesystem::path& fallback) const {
  const Node* node = table_->find(key);
  return node == nullptr || node->folder.empty() ? fallback : std::filesystem::path(node->folder);
}

std::string Fields::path(std::string_view key) const {
  return title_.empty() ? std::string(key) : title_ + "." + std::string(key);
}

Error Fields::wrong_type(std::string_view key, const Node& node, const std::string& wanted) const {
  return invalid(node.place, path(key) + " must be " + wanted + ", but is " + node.type_name(),
                 "write " + wanted + " here");
}

Result<std::string> Fields::text(std::string_view key) const {
  MTC_ASSIGN(const Node* node, required(key));
  if (!node->scalar.is_string()) return wrong_type(key, *node, "a string");
  auto value = node->scalar.get<std::string>();
  if (value.empty()) return invalid(node->place, path(key) + " is empty", "give it a value");
  return value;
}

Result<std::string> Fields::text(std::string_view key, const std::string& fallback) const {
  if (!has(key)) return fallback;
  return text(key);
}

Result<std::string> Fields::choice(std::string_view key, const std::string& fallback,
                                   const std::vector<std::string>& choices) const {
  MTC_ASSIGN(auto value, text(key, fallback));
  if (!has(key) || std::ranges::find(choices, value) != choices.end()) return value;
  return invalid(place(key), path(key) + " is \"" + value + "\"", suggest(value, choices));
}

Result<bool> Fields::boolean(std::string_view key, bool fallback) const {
  const Node* node = table_->find(key);
  if (node == nullptr) return fallback;
  if (!node->scalar.is_boolean()) return wrong_type(key, *node, "a bool");
  return node->scalar.get<bool>();
}

Result<std::int64_t> Fields::integer(std::string_view key, std::int64_t fallback, std::int64_t least) const {
  const Node* node = table_->find(key);
  if (node == nullptr) return fallback;
  if (!node->scalar.is_number_integer()) return wrong_type(key, *node, "an integer");
  const auto value = node->scalar.get<std::int64_t>();
  if (value < least) {
    return invalid(node->place, path(key) + " is " + std::to_string(value),
                   "use " + std::to_string(least) + " or more");
  }
  return value;
}

Result<double> Fields::number(std::string_view key) const {
  MTC_ASSIGN(const Node* node, required(key));
  if (!node->scalar.is_number()) return wrong_type(key, *node, "a number");
  const auto value = node->scalar.get<double>();
  if (!std::isfinite(value)) return invalid(node->place, path(key) + " is not finite", "use a finite number");
  return value;
}

Result<std::vector<std::string>> Fields::texts(std::string_view key) const {
  const Node* node = table_->find(key);
  if (node == nullptr) return std::vector<std::string>{};
  if (node->kind != Node::Kind::list) {
    if (!node->scalar.is_string()) return wrong_type(key, *node, "a string or a list of strings");
    MTC_ASSIGN(auto value, text(key));
    return std::vector<std::string>{std::move(value)};
  }
  std::vector<std::string> values;
  for (const Node& item : node->children) {
    if (!item.scalar.is_string()) return wrong_type(std::string(key) + " item", item, "a string");
    values.push_back(item.scalar.get<std::string>());
    if (values.back().empty()) {
      return invalid(item.place, "an item of " + path(key) + " is empty", "give it a value or remove it");
    }
  }
  return values;
}

Result<std::vector<const Node*>> Fields::tables(std::string_view key) const {
  std::vector<const Node*> result;
  const Node* node = table_->find(key);
  if (node == nullptr) return result;
  const bool fits =
      node->kind == Node::Kind::list &&
      std::ranges::all_of(node->children, [](const Node& child) { return child.kind == Node::Kind::table; });
  if (!fits) {
    return invalid(node->place, path(key) + " must be a list of tables", "write [[" + path(key) + "]]");
  }
  for (const Node& child : node->children) result.push_back(&child);
  return result;
}

}  // namespace mtc::config
