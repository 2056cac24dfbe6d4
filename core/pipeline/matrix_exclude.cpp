// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/matrix_exclude.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/pipeline/planner.hpp"

namespace mtc::pipeline {
namespace {

/// Axes keep values as text; numbers are compared as numbers, so that 1 and 1.0 are the same.
bool is_value(const Axis& axis, const Json& value) {
  if (axis.value == axis_text(value)) return true;
  const auto number = parse_number(axis.value);
  return value.is_number() && number && *number == value.get<double>();
}

bool has_value(const Combination& combination, const std::string& axis, const Json& value) {
  return std::ranges::any_of(combination.axes,
                             [&](const Axis& own) { return own.name == axis && is_value(own, value); });
}

Result<void> check_excluded(const config::StageEntry& stage, const std::vector<Combination>& all,
                            const std::string& axis, const config::Located& wanted) {
  std::vector<std::string> axes;
  std::vector<std::string> values;
  for (const auto& combination : all) {
    for (const auto& own : combination.axes) {
      if (std::ranges::find(axes, own.name) == axes.end()) axes.push_back(own.name);
      if (own.name == axis && std::ranges::find(values, own.value) == values.end())
        values.push_back(own.value);
    }
  }
  if (values.empty()) {
    return plan_error(wanted.place, Code::not_found,
                      fmt::format("stage '{}' has no axis '{}' to exclude values of", stage.name, axis),
                      suggestion(axis, axes));
  }
  const bool known =
      std::ranges::any_of(all, [&](const auto& each) { return has_value(each, axis, wanted.value); });
  if (known) return {};
  return plan_error(
      wanted.place, Code::not_found,
      fmt::format("axis '{}' of stage '{}' has no value '{}'", axis, stage.name, axis_text(wanted.value)),
      suggestion(axis_text(wanted.value), values));
}

bool is_excluded(const Combination& combination, const config::ExcludeEntry& exclude) {
  return std::ranges::all_of(exclude.values, [&](const auto& wanted) {
    return has_value(combination, wanted.first, wanted.second.value);
  });
}

}  // namespace

Result<std::vector<Combination>> without_excluded(const config::StageEntry& stage,
                                                  std::vector<Combination> all) {
  for (const auto& exclude : stage.excludes) {
    for (const auto& [axis, wanted] : exclude.values) MTC_TRY(check_excluded(stage, all, axis, wanted));
  }
  std::erase_if(all, [&](const Combination& combination) {
    return std::ranges::any_of(stage.excludes,
                               [&](const auto& exclude) { return is_excluded(combination, exclude); });
  });
  if (!all.empty()) return all;
  return plan_error(stage.excludes.back().place, Code::invalid_argument,
                    fmt::format("matrix.exclude leaves no variant of stage '{}'", stage.name),
                    "keep one combination, or take the stage out with skip = true");
}

}  // namespace mtc::pipeline
