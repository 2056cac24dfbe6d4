// SPDX-License-Identifier: Apache-2.0
#include "core/run/needs.hpp"

#include <algorithm>

namespace mtc::run {

std::set<std::size_t> needs(const pipeline::Plan& plan, const pipeline::Variant& variant) {
  std::set<std::size_t> variants;
  const auto add = [&](const pipeline::Source& source) {
    if (source.kind == pipeline::Source::Kind::output) variants.insert(plan.actions[source.action].variant);
  };
  for (const auto index : variant.actions) {
    for (const auto& input : plan.actions[index].inputs) {
      add(input.source);
      if (input.source.kind != pipeline::Source::Kind::dataset) continue;
      const auto& dataset = plan.datasets[input.source.dataset];
      std::ranges::for_each(dataset.inputs, add);
      std::ranges::for_each(dataset.labels, add);
    }
  }
  for (const auto& gate : variant.gates) {
    if (gate.limit_variant) variants.insert(*gate.limit_variant);
  }
  variants.erase(plan.actions[variant.main_action()].variant);
  return variants;
}

}  // namespace mtc::run
