// SPDX-License-Identifier: Apache-2.0
//
// Options that every command has, and what they lead to: the store, the registry, the worker.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/config/settings_file.hpp"
#include "core/plugin/registry.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct Globals {
  std::vector<std::string> plugins;  ///< --plugin
  std::string store;                 ///< --store; empty: MTC_STORE, $XDG_CACHE_HOME/mtc, ~/.cache/mtc
  bool json = false;
  std::string annotations = "auto";             ///< --annotations
  std::optional<config::Settings> settings;     ///< Of files, once they are read (settings.hpp).
  std::vector<std::string> configured_plugins;  ///< Those that they name.
};

/// Adds --plugin, --store, --json and --annotations to a command.
void add_global_options(CLI::App& app, Globals& globals);

/// Where plugins are looked for.
plugin::SearchPath plugin_search_path(const Globals& globals);
plugin::Registry scan_registry(const Globals& globals);
/// Where the store is: --store, MTC_STORE, or the user's cache folder. Errors: invalid_argument for no place
/// at all.
Result<std::filesystem::path> store_root(const Globals& globals);
/// The store at store_root(). Errors: unavailable when it cannot be
/// opened or written; invalid_argument for no place at all, and for a folder that is no store of this mtc.
Result<store::Store> open_store(const Globals& globals);

/// mtc-worker beside this executable. Errors: failed_precondition.
Result<std::filesystem::path> worker_program();

}  // namespace mtc::cli
