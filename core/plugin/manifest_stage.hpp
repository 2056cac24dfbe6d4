// SPDX-License-Identifier: Apache-2.0
//
// Reads [[stage]] and [[target]] of a manifest.
#pragma once

#include <string>
#include <vector>

#include "core/config/fields.hpp"
#include "core/config/toml.hpp"
#include "core/plugin/manifest.hpp"
#include "mtc/result.hpp"

namespace mtc::plugin {

/// One [[stage]], checked in itself. Errors: as parse_manifest.
Result<Stage> read_stage(const config::Node& table, const Flags& reserved);

/// One [[target]]. Errors: as parse_manifest.
Result<TargetService> read_target_service(const config::Node& table, const Flags& reserved);

/// The list `numeric`: parts of the numeric environment, each once. Empty where absent.
Result<std::vector<std::string>> read_numeric(const config::Fields& fields);

/// The parameters `[[title.param]]` of `table`. `actions` are the actions that one may name, the first is the
/// default.
Result<std::vector<Param>> read_params(const config::Node& table, const std::string& title,
                                       const std::vector<std::string>& actions, const Flags& reserved);

}  // namespace mtc::plugin
