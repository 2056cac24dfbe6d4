// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/globals.hpp"

#include <cstdlib>

#include "cli/mtc/commands/commands.hpp"

namespace mtc::cli {
namespace {

/// A store that cannot be opened is a resource that is not there; one that is something else is a wrong
/// choice.
Error store_error(Error error, const std::filesystem::path& root) {
  if (error.code == Code::failed_precondition) {
    error.code = Code::invalid_argument;
    return error;
  }
  error.message = "the store '" + root.string() + "' cannot be opened: " + error.message;
  error.code = Code::unavailable;
  const std::string choose = "choose another folder with --store or MTC_STORE";
  error.hint = error.hint.empty() ? choose : error.hint + "; or " + choose;
  return error;
}

}  // namespace

void add_global_options(CLI::App& app, Globals& globals) {
  app.add_option("--plugin", globals.plugins,
                 "A plugin file or a folder of plugins, searched first; repeatable")
      ->allow_extra_args(false)
      ->type_name("PATH");
  app.add_option("--store", globals.store, "Folder of the store (default: $MTC_STORE, else ~/.cache/mtc)")
      ->type_name("DIR");
  app.add_flag("--json", globals.json, "Print the result as JSON");
  app.add_option(
         "--annotations", globals.annotations,
         "Mark errors, failed gates and warnings for a CI system, on stderr (default auto: by GITHUB_ACTIONS "
         "and GITLAB_CI)")
      ->check(CLI::IsMember({"auto", "github", "gitlab", "none"}).description(""))
      ->type_name("auto|github|gitlab|none");
}

plugin::SearchPath plugin_search_path(const Globals& globals) {
  return plugin::default_search_path({globals.plugins.begin(), globals.plugins.end()},
                                     {globals.configured_plugins.begin(), globals.configured_plugins.end()});
}

plugin::Registry scan_registry(const Globals& globals) {
  return plugin::Registry::scan(plugin_search_path(globals), driver_flags());
}

Result<std::filesystem::path> store_root(const Globals& globals) {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  std::filesystem::path root = globals.store;
  if (root.empty()) root = variable("MTC_STORE");
  if (root.empty() && !variable("XDG_CACHE_HOME").empty())
    root = std::filesystem::path(variable("XDG_CACHE_HOME")) / "mtc";
  if (root.empty() && !variable("HOME").empty())
    root = std::filesystem::path(variable("HOME")) / ".cache" / "mtc";
  if (root.empty()) {
    return Error{
        Code::invalid_argument, "no place for the store: HOME is not set", {}, "set MTC_STORE to a folder"};
  }
  return std::filesystem::absolute(root);
}

Result<store::Store> open_store(const Globals& globals) {
  MTC_ASSIGN(const auto root, store_root(globals));
  auto store = store::Store::open(root);
  if (!store) return store_error(store.error(), root);
  return store;
}

Result<std::filesystem::path> worker_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  auto worker = self.parent_path() / "mtc-worker";
  if (!error && std::filesystem::exists(worker, error)) return worker;
  return Error{Code::failed_precondition, "mtc-worker is not beside mtc", worker.string(),
               "install mtc completely"};
}

}  // namespace mtc::cli
