// SPDX-License-Identifier: Apache-2.0
//
// The matrix: which combinations of axis values a stage runs for, and what its inputs are in each.
//
// A stage inherits the axes of the variants that its inputs name. Inputs that got an axis from the same
// matrix stage are joined on it; axes of different stages multiply; one axis name from two stages is an
// error. A selector fixes an axis, [*] takes all variants as one list; neither is inherited.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config/pipeline_file.hpp"
#include "core/pipeline/plan.hpp"
#include "core/pipeline/reference.hpp"

namespace mtc::pipeline {

/// A reference bound to one variant of a stage (of a dataset: of the stage that makes it); no variant: a
/// named model or dataset of files.
struct Bound {
  Reference reference;
  std::optional<std::size_t> variant;
  config::Place place;
};

struct Combination {
  std::vector<Axis> axes;  ///< Inherited ones first, then the stage's own as written.
  std::map<std::string, std::vector<Bound>> inputs;  ///< Input key → values.
  std::map<std::string, config::Located> values;     ///< "target" and "with.NAME" set by the matrix.
};

/// The variants of the stage called so; nullptr when there is no such stage.
using VariantsOf = std::function<const std::vector<std::size_t>*(const std::string& stage)>;

/// The stage's output that the dataset called so is made of; nullptr for any other name. A dataset has the
/// axes of its stage.
using MakerOf = std::function<const Reference*(const std::string& dataset)>;

/// A value of an axis as variants are named by it.
std::string axis_text(const Json& value);

/// All combinations of `stage` in a stated order (the last axis runs fastest), without those that
/// matrix.exclude names (matrix_exclude.hpp).
/// Errors: invalid_argument with the place of the key that is wrong.
Result<std::vector<Combination>> expand_matrix(const config::StageEntry& stage,
                                               const std::vector<Variant>& variants,
                                               const VariantsOf& variants_of, const MakerOf& maker_of);

/// The references that a value of an input key holds: a string, or a list of strings.
Result<std::vector<Reference>> references_of(const config::Located& value);

}  // namespace mtc::pipeline
