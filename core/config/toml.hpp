// SPDX-License-Identifier: Apache-2.0
//
// TOML text as a tree that remembers where each value was written and in which order.
//
// The tree is what pipeline files, dataset descriptions, plugin manifests and target documents are read from.
// The TOML library itself is known to toml.cpp alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/config/place.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// A value of a TOML document. The place of a keyed value is that of its key; an item of a list has its own.
struct Node {
  enum class Kind { scalar, list, table };

  Kind kind = Kind::table;
  std::string key;               ///< Its name within the table; empty for the root and for items of a list.
  Place place;                   ///< Origin:line:column, both from 1; the column counts characters.
  std::uint64_t order = 0;       ///< Grows with the position in the text.
  Json scalar;                   ///< bool, int64, double or string; dates and times become strings.
  std::vector<Node> children{};  ///< Members in order as written, or items.
  std::string folder{};          ///< Of an included file: where its relative paths count from (absolute).

  /// The member `name` of a table, or null.
  [[nodiscard]] const Node* find(std::string_view name) const;
  [[nodiscard]] Node* find(std::string_view name);
  /// The tree without its places.
  [[nodiscard]] Json json() const;
  /// "a table", "a list", "a string" …: for messages.
  [[nodiscard]] std::string type_name() const;
};

/// Parses a document. `origin` names it in places. Errors: invalid_argument with `where` =
/// origin:line:column.
Result<Node> parse_toml(std::string_view text, const std::string& origin);

/// Parses the file `file`; its path as given is the origin. Errors: not_found and others of reading; as
/// parse_toml.
Result<Node> read_toml(const std::filesystem::path& file);

/// A key as TOML writes it: bare where that is allowed, else quoted.
std::string toml_key(const std::string& key);

/// invalid_argument with these parts.
Error invalid(const Place& where, std::string message, std::string hint);

/// A hint for a name that is not among `known`: a close one ("did you mean "x"?"), else the list of all.
std::string suggest(std::string_view name, const std::vector<std::string>& known);

}  // namespace mtc::config
