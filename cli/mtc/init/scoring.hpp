// SPDX-License-Identifier: Apache-2.0
//
// Scores ways to preprocess: the float model on a few labelled samples, one evaluate stage for each way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/mtc/init/choice.hpp"
#include "cli/mtc/init/trial.hpp"
#include "core/config/pipeline_file.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// What is scored, and on what.
struct Scoring {
  std::filesystem::path model;
  std::string target;      ///< Runs the model.
  config::DataEntry data;  ///< Its preprocess and label_offset are not read.
  std::uint64_t samples = 0;
  std::filesystem::path
      subset;  ///< Of pictures: a label file that lists the samples; empty: the data is arrays.
};

/// The pipeline that scores `ways`: a stage for each, named after it.
std::string scoring_text(const Scoring& scoring, const std::vector<Preprocessing>& ways);

/// Runs it; a way whose stage fails has that failure. Errors: as Trial::run.
Result<std::vector<Score>> score(Trial& trial, const Scoring& scoring,
                                 const std::vector<Preprocessing>& ways);

}  // namespace mtc::cli
