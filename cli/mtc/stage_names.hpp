// SPDX-License-Identifier: Apache-2.0
//
// Stages that people name on the command line: `score`, or one variant, `score[target=cpu]`.
#pragma once

#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// Errors: not_found, with a "did you mean", when none of `variants` is meant by `stage`; `where` says what
/// was looked through.
Result<void> check_stage(const std::string& stage, const std::vector<std::string>& variants,
                         const std::string& where);

std::vector<std::string> variant_names(const pipeline::Plan& plan);

}  // namespace mtc::cli
