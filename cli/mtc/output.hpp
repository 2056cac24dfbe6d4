// SPDX-License-Identifier: Apache-2.0
//
// The only writer of stdout and stderr: results to stdout, talk to stderr.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// One line, or several, of result.
void print(std::string_view text);
void print_json(const Json& json);

/// A line for people.
void say(std::string_view text);

/// "error: what\n  at where\n  hint: what to do".
void say_error(const Error& error);

/// The exit code for an error that kept a command from its work: 2 usage or configuration, 3 plugin missing
/// or incompatible, 7 resource unavailable, 9 locked, else 1.
int exit_code_for(const Error& error);

/// Whether people watch stderr, and whether it takes colours (NO_COLOR, TERM=dumb).
bool stderr_is_terminal();
bool stderr_has_colour();

}  // namespace mtc::cli
