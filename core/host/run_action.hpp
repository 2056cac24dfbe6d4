// SPDX-License-Identifier: Apache-2.0
//
// What the worker is for: one action, with one plugin.
#pragma once

#include <string>

#include "core/base/json.hpp"
#include "core/host/cancel.hpp"
#include "core/host/frame_sink.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

/// Runs the action that `spec` (docs/architecture.md, "Actions") describes, in this process: loads the
/// plugin, runs it, checks that its outputs exist. Log, progress and metric frames go to `sink`; `done` and
/// `error` are the caller's. The plugin stays loaded. Errors: internal (a malformed specification); those of
/// LoadedPlugin, of core/data and of the plugin; cancelled.
Result<void> run_action(const Json& spec, FrameSink& sink, Cancel& cancel);

/// "quantize.ptq of /plugins/quantize.so", from a specification of any form: for reports of crashes.
std::string action_label(const Json& spec);

}  // namespace mtc::host
