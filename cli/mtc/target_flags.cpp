// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/target_flags.hpp"

#include <algorithm>

namespace mtc::cli {

std::vector<TargetFlag> target_flags(const plugin::Registry& registry, const std::string& action) {
  std::vector<TargetFlag> flags;
  for (const auto& found : registry.plugins()) {
    for (const auto& service : found.manifest.targets) {
      for (const auto& param : service.params) {
        if (param.action != action) continue;
        auto flag = std::ranges::find_if(flags, [&](const auto& f) { return f.param.name == param.name; });
        if (flag == flags.end()) flag = flags.insert(flags.end(), {param, {}});
        flag->targets.push_back(service.name);
      }
    }
  }
  return flags;
}

}  // namespace mtc::cli
