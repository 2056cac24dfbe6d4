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

/// Writes out what is left of stdout. Where that fails (the disk is full, the reader is gone) it says so, and
/// a command that went well ends with 7: its result did not arrive. Returns the exit code.
int finish_output(int exit_code);

/// A line for people.
void say(std::string_view text);

/// "error: what\n  at where\n  hint: what to do".
void say_error(const Error& error);

/// The exit code for an error that kept a command from its work: 2 usage or configuration, 3 plugin missing
/// or incompatible, 7 resource unavailable, 9 locked, else 1.
int exit_code_for(const Error& error);

}  // namespace mtc::cli
