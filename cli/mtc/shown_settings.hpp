// SPDX-License-Identifier: Apache-2.0
//
// Settings and the plugin path with their origins, for mtc config show.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/mtc/globals.hpp"
#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// A value and where it comes from.
struct Shown {
  std::string name;
  Json value;
  std::string kind;  ///< flag environment project user file default
  std::string where;
  bool only_variable = false;  ///< No file can set it.
};

/// The settings of `command`, which has a flag for each and was parsed, then what the environment alone can
/// say. Passwords and tokens are left out.
Result<std::vector<Shown>> settings_of(const CLI::App& command, const Globals& globals);

/// Every place where plugins are looked for, in order.
std::vector<Shown> search_path_of(const Globals& globals);

/// Where it comes from, for people: "environment variable MTC_STORE".
std::string origin_text(const Shown& shown);

}  // namespace mtc::cli
