// SPDX-License-Identifier: Apache-2.0
//
// The one file that includes toml++. The library sorts the keys of a table; order as written comes from
// positions.
#include "core/config/toml.hpp"

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>

#include <toml++/toml.h>

#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::config {
namespace {

std::string place_of(const std::string& origin, const toml::source_position& position) {
  return origin + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::uint64_t order_of(const toml::source_position& position) {
  return (std::uint64_t{position.line} << 32U) | position.column;
}

Json scalar_of(const toml::node& node) {
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_boolean()) return value->get();
  std::ostringstream text;
  if (const auto* value = node.as_date()) text << value->get();
  if (const auto* value = node.as_time()) text << value->get();
  if (const auto* value = node.as_date_time()) text << value->get();
  return text.str();
}

/// Copies `node`; the recursion is bounded by the parser's own limit on nesting.
Node convert(const toml::node& node, const std::string& origin) {
  Node result;
  result.place = place_of(origin, node.source().begin);
  result.order = order_of(node.source().begin);
  if (const toml::table* table = node.as_table()) {
    result.kind = Node::Kind::table;
    for (const auto& [key, value] : *table) {
      Node child = convert(value, origin);
      child.key = std::string(key.str());
      child.place = place_of(origin, key.source().begin);
      child.order = order_of(key.source().begin);
      result.children.push_back(std::move(child));
    }
    std::ranges::stable_sort(result.children, {}, &Node::order);
  } else if (const toml::array* array = node.as_array()) {
    result.kind = Node::Kind::list;
    for (const toml::node& item : *array) result.children.push_back(convert(item, origin));
  } else {
    result.kind = Node::Kind::scalar;
    result.scalar = scalar_of(node);
  }
  return result;
}

}  // namespace

const Node* Node::find(std::string_view name) const {
  if (kind != Kind::table) return nullptr;
  const auto found = std::ranges::find(children, name, &Node::key);
  return found == children.end() ? nullptr : &*found;
}

Node* Node::find(std::string_view name) { return const_cast<Node*>(std::as_const(*this).find(name)); }

Json Node::json() const {
  if (kind == Kind::scalar) return scalar;
  Json result = kind == Kind::table ? Json::object() : Json::array();
  for (const Node& child : children) {
    if (kind == Kind::table) {
      result[child.key] = child.json();
    } else {
      result.push_back(child.json());
    }
  }
  return result;
}

std::string Node::type_name() const {
  if (kind == Kind::table) return "a table";
  if (kind == Kind::list) return "a list";
  if (scalar.is_boolean()) return "a bool";
  if (scalar.is_number_integer()) return "an integer";
  return scalar.is_number() ? "a float" : "a string";
}

Result<Node> parse_toml(std::string_view text, const std::string& origin) {
  try {
    const toml::table table = toml::parse(text);
    Node root = convert(table, origin);
    root.place = origin + ":1:1";
    return root;
  } catch (const toml::parse_error& error) {
    return invalid(place_of(origin, error.source().begin),
                   "not valid TOML: " + std::string(error.description()), "correct the syntax at this place");
  } catch (const std::exception& error) {
    return invalid(origin + ":1:1", "cannot be read as TOML: " + std::string(error.what()),
                   "correct or shorten the document");
  }
}

Result<Node> read_toml(const std::filesystem::path& file) {
  MTC_ASSIGN(const std::string text, read_file(file));
  return parse_toml(text, file.string());
}

std::string toml_key(const std::string& key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? key : toml_string(key);
}

Error invalid(const Place& where, std::string message, std::string hint) {
  return {Code::invalid_argument, std::move(message), where, std::move(hint)};
}

std::string suggest(std::string_view name, const std::vector<std::string>& known) {
  if (const auto match = closest(name, known)) return "did you mean \"" + *match + "\"?";
  if (known.empty()) return "there is none to choose from";
  std::string list;
  for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
  return "use one of: " + list;
}

}  // namespace mtc::config
