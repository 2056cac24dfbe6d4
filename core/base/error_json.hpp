// SPDX-License-Identifier: Apache-2.0
//
// Errors as JSON: in frames between worker and driver, and in reports.
#pragma once

#include <string_view>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc {

/// The name of a code: "invalid_argument"; "unknown" for a number that a plugin made up.
const char* code_name(Code code);

/// The code of a name; Code::unknown for any other text.
Code code_from_name(std::string_view name);

/// {"code", "message", "where", "hint", "retryable", "plugin_fault"}
Json error_to_json(const Error& error);

/// The inverse; fields that are missing or of another type stay at their defaults.
Error error_from_json(const Json& json);

}  // namespace mtc
