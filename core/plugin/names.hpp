// SPDX-License-Identifier: Apache-2.0
//
// Which names plugins, stages, parameters and targets may have.
#pragma once

#include <string>
#include <string_view>

#include "core/config/place.hpp"
#include "mtc/result.hpp"

namespace mtc::plugin {

/// [a-z][a-z0-9_]*: parameters, inputs, outputs, metrics. `what` names the key in the message.
Result<void> check_snake_case(std::string_view name, const std::string& what, const config::Place& place);

/// [a-z0-9][a-z0-9_-]*: plugins, and each half of a stage's name.
Result<void> check_word(std::string_view name, const std::string& what, const config::Place& place);

/// [A-Za-z0-9][A-Za-z0-9._-]*: targets.
Result<void> check_target_id(std::string_view name, const std::string& what, const config::Place& place);

}  // namespace mtc::plugin
