// SPDX-License-Identifier: Apache-2.0
//
// What init found out, and what it decided: all that the pipeline it writes depends on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/mtc/init/choice.hpp"
#include "cli/mtc/init/data_facts.hpp"
#include "cli/mtc/init/model_facts.hpp"
#include "cli/mtc/init/try_targets.hpp"
#include "core/config/pipeline_file.hpp"

namespace mtc::cli {

/// Where the preprocessing comes from.
enum class Origin {
  scored,     ///< The best of several, by accuracy.
  given,      ///< --preprocess.
  described,  ///< The .toml of --data.
  only,       ///< There is nothing to choose: floats and tokens as they are.
};

struct Findings {
  std::filesystem::path model;  ///< Absolute.
  ModelFacts facts;
  bool quantized_already = false;
  std::vector<TargetTrial> targets;  ///< In the order in which they are to be written.
  config::DataEntry data;            ///< Its paths are absolute.
  DataFacts data_facts;
  bool labelled = false;
  bool reference = false;  ///< Target reference is installed: it can run the model itself.

  Origin origin = Origin::scored;
  std::string preset;      ///< Of --preprocess.
  std::string preprocess;  ///< TOML; empty: none.
  std::int64_t label_offset = 0;
  std::string scorer;         ///< The target that ran the scores.
  std::vector<Score> scores;  ///< In the order in which they were made; empty: nothing was scored.
  std::size_t best = 0;       ///< Index into scores.
  bool size_assumed = false;  ///< How pictures are resized was neither given nor scored.
  std::vector<std::string> warnings;

  std::string float_reason;  ///< Why there is no quantize stage; empty: there is one.

  [[nodiscard]] bool quantizes() const { return float_reason.empty(); }
  /// Whether accuracy can be measured: labels, and outputs that are class scores.
  [[nodiscard]] bool accuracy() const { return labelled && facts.classes().has_value(); }
  [[nodiscard]] std::vector<std::string> usable() const;
  /// Samples that calibrate: a quarter of the data, at most 256.
  [[nodiscard]] std::uint64_t calibration() const;
};

const char* name_of(Origin origin);

}  // namespace mtc::cli
