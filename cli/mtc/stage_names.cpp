// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/stage_names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/run/explain_stage.hpp"

namespace mtc::cli {

Result<void> check_stage(const std::string& stage, const std::vector<std::string>& variants,
                         const std::string& where) {
  if (std::ranges::any_of(variants, [&](const auto& variant) { return run::is_meant(variant, stage); }))
    return {};
  std::vector<std::string> names;
  const bool wants_variant = stage.find('[') != std::string::npos;
  for (const auto& variant : variants) {
    auto name = wants_variant ? variant : variant.substr(0, variant.find('['));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  const auto similar = did_you_mean(stage, names);
  return Error{Code::not_found, fmt::format("no stage is called '{}'", stage), where,
               similar.empty() ? "there are: " + join(names, ", ") : similar};
}

std::vector<std::string> variant_names(const pipeline::Plan& plan) {
  std::vector<std::string> names;
  for (const auto& variant : plan.variants) names.push_back(variant.name());
  return names;
}

}  // namespace mtc::cli
