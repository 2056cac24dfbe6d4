// SPDX-License-Identifier: Apache-2.0
//
// One TOML document in many forms that mean the same.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mtc::test {

/// A table, its name dotted, and its values as TOML text.
struct Table {
  std::string name;
  std::vector<std::pair<std::string, std::string>> entries;
};
/// The tables of a pipeline file, without `mtc = 1`.
using Form = std::vector<Table>;

/// The document in its order, a line a value.
std::string plain(const Form& form);

/// The same in another order of tables and keys, with comments and blanks, as [table] or as dotted keys,
/// numbers and texts written otherwise.
std::string varied(const Form& form, std::mt19937_64& random);

}  // namespace mtc::test
