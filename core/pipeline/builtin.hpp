// SPDX-License-Identifier: Apache-2.0
//
// The stages and actions that are the driver's own: their declarations, in the same terms as a manifest's.
#pragma once

#include <vector>

#include "core/plugin/manifest.hpp"

namespace mtc::pipeline {

/// `compile`: model → artifact. Its parameters are those that the target's plugin declares.
const plugin::Stage& compile_stage();

/// `package`: copies an artifact and reports into one folder with a manifest.json.
const plugin::Stage& package_stage();

/// What the implicit actions take, beside the target's `run` parameters.
const std::vector<plugin::Param>& predict_params();
const std::vector<plugin::Param>& measure_params();

/// What they make.
const std::vector<plugin::Output>& predict_outputs();
const std::vector<plugin::Output>& measure_outputs();

}  // namespace mtc::pipeline
