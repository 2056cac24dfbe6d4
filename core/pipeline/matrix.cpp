// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/matrix.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/pipeline/matrix_exclude.hpp"

namespace mtc::pipeline {
namespace {

Error error_at(const config::Place& place, std::string message, std::string hint) {
  return {Code::invalid_argument, std::move(message), place, std::move(hint)};
}

const Axis* find_axis(const std::vector<Axis>& axes, const std::string& name) {
  const auto found = std::ranges::find(axes, name, &Axis::name);
  return found == axes.end() ? nullptr : &*found;
}

/// A combination under construction: own and inherited axes apart, own values of input keys as references.
struct Partial {
  std::vector<Axis> inherited;
  std::vector<Axis> own;
  Combination combination;
  std::map<std::string, config::Located> input_values;
};

Result<std::vector<Partial>> cross_own_axes(const config::StageEntry& stage) {
  Partial first;
  first.input_values = stage.inputs;
  std::vector<Partial> partials{first};
  for (const auto& [key, list] : stage.matrix) {
    if (!list.value.is_array() || list.value.empty()) {
      return error_at(list.place, fmt::format("matrix.{} is not a list of values", key),
                      "write [\"a\", \"b\"]");
    }
    const std::string axis = key.starts_with("with.") ? key.substr(5) : key;
    std::vector<Partial> next;
    for (const auto& partial : partials) {
      for (const auto& value : list.value) {
        Partial copy = partial;
        copy.own.push_back({axis, axis_text(value), stage.name});
        if (key == "target" || key.starts_with("with.")) {
          copy.combination.values[key] = {value, list.place};
        } else {
          copy.input_values[key] = {value, list.place};
        }
        next.push_back(std::move(copy));
      }
    }
    partials = std::move(next);
  }
  return partials;
}

bool selected(const Variant& variant, const Reference& reference) {
  return std::ranges::all_of(reference.selector, [&](const auto& wanted) {
    const Axis* axis = find_axis(variant.axes, wanted.first);
    return axis != nullptr && axis->value == wanted.second;
  });
}

bool fixed_by(const Reference& reference, const std::string& axis) {
  return std::ranges::any_of(reference.selector, [&](const auto& wanted) { return wanted.first == axis; });
}

/// Adds the axes of `variant` to `partial`: nothing when they contradict axes from the same origin (no join).
Result<std::optional<Partial>> join(const Partial& partial, const Variant& variant,
                                    const Reference& reference, const config::Place& place) {
  Partial joined = partial;
  for (const auto& axis : variant.axes) {
    if (fixed_by(reference, axis.name)) continue;
    if (const Axis* own = find_axis(partial.own, axis.name)) {
      return error_at(place,
                      fmt::format("axis '{}' comes from stage '{}' and from this stage's own matrix",
                                  own->name, axis.origin),
                      "choose a variant with [axis=value], or drop one matrix");
    }
    const Axis* present = find_axis(joined.inherited, axis.name);
    if (present == nullptr) {
      joined.inherited.push_back(axis);
    } else if (present->origin != axis.origin) {
      return error_at(place,
                      fmt::format("axis '{}' comes from two stages, '{}' and '{}'", axis.name,
                                  present->origin, axis.origin),
                      "rename one axis or choose a variant with [axis=value]");
    } else if (present->value != axis.value) {
      return std::optional<Partial>();
    }
  }
  return std::optional<Partial>(std::move(joined));
}

Result<std::vector<std::size_t>> candidates(const Reference& reference, const config::Place& place,
                                            const std::vector<std::size_t>& all,
                                            const std::vector<Variant>& variants) {
  std::vector<std::size_t> chosen;
  for (const auto index : all) {
    if (selected(variants[index], reference)) chosen.push_back(index);
  }
  if (!chosen.empty()) return chosen;
  std::string names;
  for (const auto index : all) names += (names.empty() ? "" : ", ") + variants[index].name();
  return error_at(place, fmt::format("no variant of stage '{}' matches the brackets", reference.name),
                  "there are: " + names);
}

Result<std::vector<Partial>> bind(const Partial& partial, const std::string& key, Bound bound,
                                  const std::vector<Variant>& variants, const VariantsOf& variants_of,
                                  const MakerOf& maker_of) {
  const auto* maker = maker_of(bound.reference.name);
  const Reference wanted = maker == nullptr ? bound.reference : *maker;
  const auto* all = variants_of(wanted.name);
  if (all == nullptr) {
    Partial copy = partial;
    copy.combination.inputs[key].push_back(std::move(bound));
    return std::vector<Partial>{std::move(copy)};
  }
  std::vector<Partial> result;
  if (bound.reference.all) {
    Partial copy = partial;
    for (const auto index : *all) {
      bound.variant = index;
      copy.combination.inputs[key].push_back(bound);
    }
    result.push_back(std::move(copy));
    return result;
  }
  MTC_ASSIGN(const auto chosen, candidates(wanted, bound.place, *all, variants));
  for (const auto index : chosen) {
    MTC_ASSIGN(auto joined, join(partial, variants[index], wanted, bound.place));
    if (!joined) continue;
    bound.variant = index;
    joined->combination.inputs[key].push_back(bound);
    result.push_back(std::move(*joined));
  }
  return result;
}

Result<std::vector<Partial>> bind_inputs(const Partial& start, const std::vector<Variant>& variants,
                                         const VariantsOf& variants_of, const MakerOf& maker_of) {
  std::vector<Partial> partials{start};
  for (const auto& [key, value] : start.input_values) {
    if (key == "target") continue;
    MTC_ASSIGN(const auto references, references_of(value));
    for (const auto& reference : references) {
      std::vector<Partial> next;
      for (const auto& partial : partials) {
        MTC_ASSIGN(auto bound, bind(partial, key, {reference, std::nullopt, value.place}, variants,
                                    variants_of, maker_of));
        std::ranges::move(bound, std::back_inserter(next));
      }
      partials = std::move(next);
    }
  }
  return partials;
}

/// Puts partials with the same inherited axes side by side, in order of their first appearance, so that the
/// stage's own axes run fastest.
void group_by_inherited(std::vector<Partial>& partials) {
  const auto text = [](const Partial& partial) {
    Json values = Json::array();
    for (const auto& axis : partial.inherited) values.push_back({axis.name, axis.value, axis.origin});
    return values.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  std::map<std::string, std::size_t> ranks;
  std::vector<std::pair<std::size_t, std::size_t>> order;  // Rank of the group, place within all.
  for (std::size_t i = 0; i < partials.size(); ++i) {
    order.emplace_back(ranks.try_emplace(text(partials[i]), ranks.size()).first->second, i);
  }
  std::ranges::sort(order);
  std::vector<Partial> sorted;
  sorted.reserve(partials.size());
  for (const auto& place : order) sorted.push_back(std::move(partials[place.second]));
  partials = std::move(sorted);
}

}  // namespace

std::string axis_text(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<Reference>> references_of(const config::Located& value) {
  std::vector<Reference> references;
  const Json list = value.value.is_array() ? value.value : Json::array({value.value});
  for (const auto& item : list) {
    if (!item.is_string())
      return error_at(value.place, "an input is a string or a list of strings",
                      "name a model, a dataset or STAGE.OUTPUT in quotes");
    auto reference = parse_reference(item.get<std::string>());
    if (!reference) {
      reference.error().where = value.place;
      return reference.error();
    }
    references.push_back(*std::move(reference));
  }
  return references;
}

Result<std::vector<Combination>> expand_matrix(const config::StageEntry& stage,
                                               const std::vector<Variant>& variants,
                                               const VariantsOf& variants_of, const MakerOf& maker_of) {
  MTC_ASSIGN(const auto own, cross_own_axes(stage));
  std::vector<Partial> all;
  for (const auto& start : own) {
    MTC_ASSIGN(auto partials, bind_inputs(start, variants, variants_of, maker_of));
    std::ranges::move(partials, std::back_inserter(all));
  }
  if (!own.front().own.empty()) group_by_inherited(all);
  std::vector<Combination> combinations;
  for (auto& partial : all) {
    partial.combination.axes = std::move(partial.inherited);
    std::ranges::move(partial.own, std::back_inserter(partial.combination.axes));
    combinations.push_back(std::move(partial.combination));
  }
  if (combinations.empty()) {
    return error_at(stage.place, fmt::format("no combination of axes is left for stage '{}'", stage.name),
                    "its inputs choose variants that exclude each other");
  }
  if (stage.excludes.empty()) return combinations;
  return without_excluded(stage, std::move(combinations));
}

}  // namespace mtc::pipeline
