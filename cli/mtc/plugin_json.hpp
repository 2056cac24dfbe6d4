// SPDX-License-Identifier: Apache-2.0
//
// A plugin's manifest and a target for machines (schemas mtc.plugin/1 and mtc.target/1, docs/cli.md).
#pragma once

#include "core/base/json.hpp"
#include "core/plugin/registry.hpp"

namespace mtc::cli {

/// Everything that the manifest declares, defaults filled in.
Json plugin_json(const plugin::Plugin& plugin);

/// The capability document, what the CPU lacks for it, and the parameters of the plugin that serves it.
Json target_json(const plugin::Registry::TargetMatch& match);

}  // namespace mtc::cli
