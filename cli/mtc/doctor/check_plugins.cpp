// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "cli/mtc/doctor/checks.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/run/dependencies.hpp"

namespace mtc::cli {
namespace {

constexpr const char* kPlugins = "plugins";

/// "libonnxruntime.so.1 1.30.0 in /path": the version from a file VERSION beside it, else from the file's
/// name.
std::string found_text(const plugin::Dependency& dependency, const std::filesystem::path& path) {
  std::string version;
  const auto text =
      dependency.tool ? Result<std::string>(Error{}) : read_file(path.parent_path() / "VERSION", 64);
  if (text) version = " " + std::string(trim(*text));
  return fmt::format("{}{} ({})", dependency.name, version, path.string());
}

std::string how_to_get(const plugin::Dependency& dependency, const Error& error) {
  if (dependency.tool && dependency.name == "cc") return "install a C compiler: apt install gcc";
  return error.hint;
}

struct PluginState {
  std::vector<std::string> found;
  std::vector<std::string> missing;
  std::vector<std::string> hints;
};

PluginState state_of(const plugin::Plugin& plugin) {
  PluginState state;
  for (const auto& dependency : plugin.manifest.dependencies) {
    const auto path = run::locate_dependency(dependency, plugin);
    if (path) {
      state.found.push_back(found_text(dependency, *path));
    } else {
      state.missing.push_back(path.error().message);
      state.hints.push_back(how_to_get(dependency, path.error()));
    }
  }
  return state;
}

Check check_worker() {
  const auto worker = worker_program();
  if (worker) return {kPlugins, "mtc-worker", Check::Status::ok, worker->string(), {}};
  return {kPlugins, "mtc-worker", Check::Status::missing, worker.error().message, worker.error().hint};
}

}  // namespace

Checks check_plugins(const plugin::Registry& registry, const std::string& target) {
  Checks checks{check_worker()};
  const auto wanted = registry.find_target(target);
  bool usable = false;
  for (const auto& plugin : registry.plugins()) {
    const auto state = state_of(plugin);
    const bool needed = wanted && wanted->plugin == &plugin;
    Check check{kPlugins, plugin.manifest.id + " " + plugin.manifest.version, Check::Status::ok, {}, {}};
    if (state.missing.empty()) {
      usable = true;
      check.text = state.found.empty() ? plugin.file.string() : "with " + join(state.found, ", ");
    } else {
      check.status = needed ? Check::Status::missing : Check::Status::warn;
      check.text = join(state.missing, "; ");
      check.hint = join(state.hints, "; ");
    }
    checks.push_back(std::move(check));
  }
  for (const auto& rejected : registry.rejected())
    checks.push_back({kPlugins, "rejected", Check::Status::warn,
                      rejected.file.string() + ": " + rejected.reason, "mend or remove the file"});
  if (!usable) {
    checks.push_back({kPlugins, "usable", Check::Status::missing, "no plugin can be used",
                      "install mtc completely, or name plugins with --plugin or MTC_PLUGIN_PATH"});
  }
  return checks;
}

Checks check_targets(const plugin::Registry& registry, const std::string& target) {
  Checks checks;
  for (const auto& each : registry.targets()) {
    const auto match = registry.find_target(each.id);
    const auto lacks = each.missing_isa();
    const auto worse = each.id == target ? Check::Status::missing : Check::Status::warn;
    Check check{"targets", each.id, Check::Status::ok, each.summary, {}};
    if (!match) {
      check.status = worse;
      check.text = match.error().message;
      check.hint = match.error().hint;
    } else if (!lacks.empty()) {
      check.status = worse;
      check.text = "this CPU lacks " + join(lacks, ", ");
      check.hint = "compile for it here, run on a machine that has them";
    } else if (const auto state = state_of(*match->plugin); !state.missing.empty()) {
      check.status = worse;
      check.text = join(state.missing, "; ");
      check.hint = join(state.hints, "; ");
    }
    checks.push_back(std::move(check));
  }
  if (target.empty() || std::ranges::any_of(checks, [&](const Check& check) { return check.name == target; }))
    return checks;
  const auto match = registry.find_target(target);
  checks.push_back({"targets", target, Check::Status::missing, match ? "" : match.error().message,
                    match ? "" : match.error().hint});
  return checks;
}

Checks check_blas(const plugin::Registry& registry) {
  for (const auto& plugin : registry.plugins()) {
    const plugin::Dependency blas{"libblas.so.3", false};
    const auto& needs = plugin.manifest.dependencies;
    if (std::ranges::find(needs, blas.name, &plugin::Dependency::name) == needs.end()) continue;
    const auto path = run::locate_dependency(blas, plugin);
    if (!path) return {};  // Told with the plugin.
    const std::string text = path->string();
    const bool fast =
        std::ranges::any_of(std::vector{"openblas", "mkl", "blis", "atlas"},
                            [&](const char* name) { return text.find(name) != std::string::npos; });
    if (fast) return {{"machine", "BLAS", Check::Status::ok, text, {}}};
    return {{"machine", "BLAS", Check::Status::warn,
             text + " is the reference BLAS: training and calibration are slow",
             "apt install libopenblas0-pthread (then: update-alternatives --display "
             "libblas.so.3-x86_64-linux-gnu)"}};
  }
  return {};
}

}  // namespace mtc::cli
