// SPDX-License-Identifier: Apache-2.0
//
// Warnings about quantized models that are clearly worse than what they were made of: said also where no gate
// asks.
#pragma once

#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/run/report.hpp"

namespace mtc::cli {

/// A text for each stage that found a loss: top-1 that drops by more than a point where the interval of the
/// drop excludes 0, or, where there are no labels, outputs whose error is above a tenth of the signal's
/// power.
std::vector<std::string> quality_warnings(const run::RunReport& report, const pipeline::Plan& plan);

}  // namespace mtc::cli
