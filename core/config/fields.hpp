// SPDX-License-Identifier: Apache-2.0
//
// Typed, checked reading of the keys of one TOML table. Every error names the key by its full path and its
// place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// The keys of `table`, which messages call `title` ("data.train"; may be empty for the root). Borrows
/// `table`. All getters fail with invalid_argument at the place of the key (of the item, in a list).
class Fields {
 public:
  Fields(const Node& table, std::string title);

  /// Refuses every key that is not in `known`, with a "did you mean" hint.
  [[nodiscard]] Result<void> only(const std::vector<std::string>& known) const;

  [[nodiscard]] const Node& table() const { return *table_; }
  [[nodiscard]] bool has(std::string_view key) const { return table_->find(key) != nullptr; }
  /// The node `key`. Errors: it is absent.
  [[nodiscard]] Result<const Node*> required(std::string_view key) const;
  /// Place of `key`, or of the table where it is absent.
  [[nodiscard]] const Place& place(std::string_view key) const;
  /// Where a relative path that stands at `key` counts from: the folder of an included file, else `fallback`.
  [[nodiscard]] std::filesystem::path folder(std::string_view key,
                                             const std::filesystem::path& fallback) const;
  /// "data.train.take"
  [[nodiscard]] std::string path(std::string_view key) const;

  /// A string that is not empty. Errors: also absent.
  [[nodiscard]] Result<std::string> text(std::string_view key) const;
  /// The same, `fallback` where absent.
  [[nodiscard]] Result<std::string> text(std::string_view key, const std::string& fallback) const;
  /// A string out of `choices`, `fallback` where absent.
  [[nodiscard]] Result<std::string> choice(std::string_view key, const std::string& fallback,
                                           const std::vector<std::string>& choices) const;
  [[nodiscard]] Result<bool> boolean(std::string_view key, bool fallback) const;
  /// An integer of at least `least`, `fallback` where absent.
  [[nodiscard]] Result<std::int64_t> integer(
      std::string_view key, std::int64_t fallback,
      std::int64_t least = std::numeric_limits<std::int64_t>::min()) const;
  /// An integer or a float, finite; a double either way. Errors: also absent.
  [[nodiscard]] Result<double> number(std::string_view key) const;
  /// A string or a list of strings, none of them empty; empty where absent.
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view key) const;
  /// The tables of `[[key]]`; empty where absent.
  [[nodiscard]] Result<std::vector<const Node*>> tables(std::string_view key) const;

  /// "data.train.take must be an integer, but is a string".
  [[nodiscard]] Error wrong_type(std::string_view key, const Node& node, const std::string& wanted) const;

 private:
  const Node* table_;
  std::string title_;
};

}  // namespace mtc::config
