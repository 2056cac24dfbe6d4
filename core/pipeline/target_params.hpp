// SPDX-License-Identifier: Apache-2.0
//
// Parameters of targets by name: which targets have one, and what to say to somebody who gave it to another.
#pragma once

#include <string>
#include <vector>

#include "core/plugin/registry.hpp"

namespace mtc::pipeline {

/// Names of the targets of `registry` whose plugin declares the parameter `name` for `action` ("compile" or
/// "run"), as [[target]] calls them.
std::vector<std::string> targets_with(const plugin::Registry& registry, const std::string& action,
                                      const std::string& name);

/// What to do about `name`, a parameter for `action` that is not among those of the target at hand, `own`:
/// "it is a parameter of onnxruntime; this target has threads".
std::string target_param_hint(const plugin::Registry& registry, const std::vector<std::string>& own,
                              const std::string& action, const std::string& name);

}  // namespace mtc::pipeline
