// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/target_params.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/pipeline/planner.hpp"

namespace mtc::pipeline {

std::vector<std::string> targets_with(const plugin::Registry& registry, const std::string& action,
                                      const std::string& name) {
  std::vector<std::string> targets;
  for (const auto& plugin : registry.plugins()) {
    for (const auto& service : plugin.manifest.targets) {
      const bool has = std::ranges::any_of(
          service.params, [&](const auto& param) { return param.action == action && param.name == name; });
      if (has) targets.push_back(service.name);
    }
  }
  return targets;
}

std::string target_param_hint(const plugin::Registry& registry, const std::vector<std::string>& own,
                              const std::string& action, const std::string& name) {
  const auto others = targets_with(registry, action, name);
  if (others.empty()) return suggestion(name, own);
  return fmt::format("it is a parameter of {}; this target has {}", fmt::join(others, ", "),
                     own.empty() ? "none" : fmt::format("{}", fmt::join(own, ", ")));
}

}  // namespace mtc::pipeline
