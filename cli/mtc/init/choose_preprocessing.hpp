// SPDX-License-Identifier: Apache-2.0
//
// How the samples become the model's input: given, described, or found by scoring.
#pragma once

#include <cstdint>

#include "cli/mtc/init/findings.hpp"
#include "cli/mtc/init/trial.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// Refuses, before anything runs, what would have to be guessed: pictures and integer arrays without labels
/// and without preprocessing (invalid_argument); a preset that there is not (not_found).
Result<void> check_answerable(const Findings& findings);

/// Fills in what `findings` says of data and preprocessing; scores on up to `samples` samples.
/// Errors: invalid_argument where it would have to guess, or where no preprocessing fits; the failure of the
/// scoring stages where all fail.
Result<void> choose_preprocessing(Trial& trial, std::uint64_t samples, Findings& findings);

}  // namespace mtc::cli
