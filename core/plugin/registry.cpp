// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/registry.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/plugin/scanner.hpp"

namespace mtc::plugin {
namespace {

/// "did you mean …?" where something is close, then all there is.
std::string alternatives(std::string_view name, const std::vector<std::string>& known,
                         const std::string& command) {
  if (known.empty()) return "none was found: see the rejected files in " + command;
  std::string hint = did_you_mean(name, known);
  if (!hint.empty()) hint += " ";
  return hint + "There are: " + join(known, ", ");
}

/// The service of `plugin` for the target `id`: the only one, else the one named like the id or its first
/// part.
const TargetService* service_of(const Plugin& plugin, const std::string& id) {
  const auto& services = plugin.manifest.targets;
  if (services.size() == 1) return &services.front();
  for (const std::string& name : {id, id.substr(0, id.find('.'))}) {
    const auto found = std::ranges::find(services, name, &TargetService::name);
    if (found != services.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

Registry Registry::scan(const SearchPath& path, const Flags& reserved) {
  Scanner scanner(reserved);
  scanner.scan(path);
  Registry registry;
  registry.plugins_ = std::move(scanner.plugins);
  registry.targets_ = std::move(scanner.targets);
  registry.rejected_ = std::move(scanner.rejected);
  return registry;
}

Result<const Plugin*> Registry::find_plugin(std::string_view id) const {
  std::vector<std::string> ids;
  for (const Plugin& plugin : plugins_) {
    if (plugin.manifest.id == id) return &plugin;
    ids.push_back(plugin.manifest.id);
  }
  std::ranges::sort(ids);
  return Error{Code::not_found, fmt::format("there is no plugin \"{}\"", id), "",
               alternatives(id, ids, "mtc plugin list")};
}

Result<Registry::StageMatch> Registry::find_stage(std::string_view name) const {
  const bool bare = name.find('.') == std::string_view::npos;
  std::vector<std::string> names;
  std::vector<std::string> same_kind;
  for (const Plugin& plugin : plugins_) {
    for (const Stage& stage : plugin.manifest.stages) {
      if (bare ? stage.is_default && stage.kind() == name : stage.name == name)
        return StageMatch{&plugin, &stage};
      names.push_back(stage.name);
      if (stage.kind() == name) same_kind.push_back(stage.name);
    }
  }
  std::ranges::sort(names);
  if (!same_kind.empty()) {
    return Error{Code::not_found, fmt::format("no stage of the kind \"{}\" is the default one", name), "",
                 "name one of: " + join(same_kind, ", ")};
  }
  return Error{Code::not_found, fmt::format("there is no stage \"{}\"", name), "",
               alternatives(name, names, "mtc plugin list")};
}

Result<Registry::TargetMatch> Registry::find_target(std::string_view id) const {
  const auto target = std::ranges::find(targets_, id, &Target::id);
  if (target == targets_.end()) {
    std::vector<std::string> names;
    for (const Target& each : targets_) names.push_back(each.id);
    std::ranges::sort(names);
    return Error{Code::not_found, fmt::format("there is no target \"{}\"", id), "",
                 alternatives(id, names, "mtc target list")};
  }
  const auto plugin = find_plugin(target->plugin);
  if (!plugin) {
    std::string hint =
        "add the folder of " + target->plugin + ".so to MTC_PLUGIN_PATH, or name it with --plugin";
    for (const Rejected& each : rejected_) {
      if (each.file.stem() == target->plugin) hint = each.file.string() + " was rejected: " + each.reason;
    }
    return Error{Code::failed_precondition,
                 "the plugin \"" + target->plugin + "\" of the target \"" + target->id + "\" was not found",
                 target->file.string(), hint};
  }
  const TargetService* service = service_of(**plugin, target->id);
  if (service != nullptr) return TargetMatch{*plugin, service, &*target};
  return Error{Code::failed_precondition,
               "the plugin \"" + target->plugin + "\" does not serve the target \"" + target->id + "\"",
               target->file.string(), "add [[target]] with name = \"" + target->id + "\" to its plugin.toml"};
}

Result<Registry::TargetMatch> Registry::default_target() const {
  const Target* best = nullptr;
  for (const Target& target : targets_) {
    if (target.plugin != "cpu" || !target.missing_isa().empty() || !find_target(target.id)) continue;
    if (best == nullptr || target.requires_isa.size() > best->requires_isa.size()) best = &target;
  }
  if (best != nullptr) return find_target(best->id);
  return Error{Code::not_found, "no target of the plugin \"cpu\" runs on this machine", "",
               "name one with --target; mtc target list shows what there is"};
}

}  // namespace mtc::plugin
