// SPDX-License-Identifier: Apache-2.0
//
// What there is behind --data: arrays tell it by their headers, pictures once the decode stage has made
// arrays of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/mtc/init/data_facts.hpp"
#include "cli/mtc/init/trial.hpp"
#include "cli/mtc/pipeline_text.hpp"
#include "core/config/pipeline_file.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct Survey {
  config::DataEntry entry;
  DataFacts facts;                   ///< `samples` counts those that the entry's skip and take leave.
  std::vector<std::string> files;    ///< Of pictures: their names below the folder.
  std::vector<std::int64_t> labels;  ///< Of pictures, in the same order; -1 = none.

  [[nodiscard]] bool pictures() const { return entry.format == "images"; }
};

/// The dataset that the flags of the command line describe, as a [data.NAME] table would.
/// Errors: not_found, invalid_argument (as data_table; labels that are not there).
Result<config::DataEntry> data_entry(const DataFlags& flags);

/// Errors: as data_facts.
Result<Survey> survey_arrays(const config::DataEntry& entry);

/// A model to run one picture through: decoding is what a stage's dataset brings with it.
struct Probe {
  std::filesystem::path model;
  std::string target;
};

/// Decodes all pictures of `entry` with `preprocess` (TOML), which brings them to the model's size. The facts
/// are those of pictures with three channels. Errors: those of decoding.
Result<Survey> survey_pictures(Trial& trial, const Probe& probe, const config::DataEntry& entry,
                               const std::string& preprocess);

/// Whether all pictures that `subset` lists have `height` and `width` without being resized.
Result<bool> have_size(Trial& trial, const Probe& probe, const config::DataEntry& entry,
                       const std::filesystem::path& subset, std::int64_t height, std::int64_t width);

/// Lists `count` pictures, evenly spread, in a label file; without labels each gets 0. Errors: of writing.
Result<void> write_subset(const Survey& survey, std::uint64_t count, const std::filesystem::path& file);

}  // namespace mtc::cli
