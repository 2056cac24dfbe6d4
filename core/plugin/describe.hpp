// SPDX-License-Identifier: Apache-2.0
//
// The reference text of stages and targets, made from their manifests alone: what --help and the reference
// documentation print.
#pragma once

#include <string>
#include <vector>

#include "core/plugin/manifest.hpp"
#include "core/plugin/registry.hpp"

namespace mtc::plugin {

/// Name and summary, then the blocks Inputs, Target, Parameters (flag, type, range, default, help), Outputs,
/// Metrics, Checkpoints and Example, those that the stage has; plain text of at most 100 columns, ends with a
/// line feed.
std::string describe_stage(const Stage& stage);

/// The block "Parameters" alone, with the heading `title`; "" for none.
std::string describe_params(const std::vector<Param>& params, const std::string& title);

/// Id, summary, the plugin, what the machine must have, the sections of the document, and the parameters of
/// `service`.
std::string describe_target(const Target& target, const TargetService& service);

}  // namespace mtc::plugin
