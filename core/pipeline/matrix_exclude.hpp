// SPDX-License-Identifier: Apache-2.0
//
// matrix.exclude: combinations of axis values that a stage does not run for. Axes are named as in brackets
// (`build[target=a,level=2]`), own and inherited ones alike.
#pragma once

#include <vector>

#include "core/config/pipeline_file.hpp"
#include "core/pipeline/matrix.hpp"
#include "mtc/result.hpp"

namespace mtc::pipeline {

/// `all` (combinations of `stage`) without those that one of stage.excludes describes. Errors, at the place
/// in the file: not_found for an axis or a value that no combination has (did you mean); invalid_argument
/// when nothing is left.
Result<std::vector<Combination>> without_excluded(const config::StageEntry& stage,
                                                  std::vector<Combination> all);

}  // namespace mtc::pipeline
