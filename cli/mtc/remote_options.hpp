// SPDX-License-Identifier: Apache-2.0
//
// Flags and environment of the remote cache.
#pragma once

#include <CLI/CLI.hpp>

#include "core/remote/options.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// Adds --remote, --remote-read-only, --remote-strict and --remote-zstd.
void add_remote_options(CLI::App& app, remote::Options& options);

/// Adds what the environment alone says: token, authorities and time limit. The token is taken out of the
/// environment, so that no worker inherits it. Errors: invalid_argument.
Result<remote::Options> complete_remote_options(remote::Options options);

}  // namespace mtc::cli
