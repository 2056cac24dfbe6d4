// SPDX-License-Identifier: Apache-2.0
//
// The kinds of action; docs/architecture.md ("Actions") says what each reads and writes. For run_action()
// only.
#pragma once

#include "core/host/host.hpp"
#include "core/host/loaded_plugin.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

/// mtc.stage/1 run of the stage that the specification names.
Result<void> run_stage(Host& host, const LoadedPlugin& plugin);

/// mtc.target/1 compile, then a session on the result, and artifact.toml.
/// Errors: the plugin's own; internal, blaming it, when it names no `entry` or one that it did not write.
Result<void> run_compile(Host& host, const LoadedPlugin& plugin);

/// The input `data` through the input `artifact`, in dataset order.
/// Errors: the plugin's own; invalid_argument when data and model do not fit.
Result<void> run_predict(Host& host, const LoadedPlugin& plugin);

/// Warm-up, then runs until both `min_seconds` and `min_runs` are reached; time stamps around each run.
/// Errors: as run_predict; invalid_argument for symbolic extents when there is no data.
Result<void> run_measure(Host& host, const LoadedPlugin& plugin);

/// Path of the input `name`, or the output `name`. Errors: internal (driver and worker disagree).
Result<std::string> input_path(const Host& host, const char* name);
Result<std::string> output_path(const Host& host, const char* name);

}  // namespace mtc::host
