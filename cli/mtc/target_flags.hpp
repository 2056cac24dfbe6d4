// SPDX-License-Identifier: Apache-2.0
//
// Parameters of targets that a verb takes as flags: those of compile, and those of a session for the verbs
// that run an artifact. All targets' are accepted on the command line; the planner checks them against the
// target.
#pragma once

#include <string>
#include <vector>

#include "core/plugin/registry.hpp"

namespace mtc::cli {

struct TargetFlag {
  plugin::Param param;
  std::vector<std::string> targets;  ///< As [[target]] calls them.
};

/// The parameters for `action` ("compile" or "run") of all targets. A name that several have comes once, as
/// the first of them declares it.
std::vector<TargetFlag> target_flags(const plugin::Registry& registry, const std::string& action);

}  // namespace mtc::cli
