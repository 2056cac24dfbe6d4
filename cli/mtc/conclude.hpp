// SPDX-License-Identifier: Apache-2.0
//
// How a command ends: its exit code, and its error for people, for machines and for a CI system.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/mtc/globals.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// Tells `error`: on stderr for people, with --json as one document on stdout (schema mtc.error/1), and as an
/// annotation where they are on. Returns `exit_code`.
int fail(const Globals& globals, const Error& error, int exit_code);

/// The exit code that a command's body came to; an error is told by fail() and becomes exit_code_for(it).
int conclude(const Globals& globals, const Result<int>& result);

/// Runs `body`; an exception that leaves it is a bug in mtc, told like any other error: exit code 70.
int guarded(const Globals& globals, const std::function<int()>& body);

/// Whether `arguments` ask for JSON, for errors that come before or while they are parsed.
bool wants_json(const std::vector<std::string>& arguments);

}  // namespace mtc::cli
