// SPDX-License-Identifier: Apache-2.0
//
// References of a pipeline file: what a stage writes to name an input.
//
//   model                        a named model or dataset
//   prune.model                  the output `model` of stage `prune`
//   build[target=cpu].artifact   of one variant; several axes are separated by commas; quotes keep a value
//   with , ] or = together build[*].artifact            of all variants, for an input declared `many`
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::pipeline {

struct Reference {
  std::string name;                                           ///< Of the stage, model or dataset.
  std::string output;                                         ///< Empty for a named model or dataset.
  bool all = false;                                           ///< [*]
  std::vector<std::pair<std::string, std::string>> selector;  ///< axis → value as text.
};

/// Errors: invalid_argument, saying what is not understood in `text`; `where` is left to the caller.
Result<Reference> parse_reference(std::string_view text);

}  // namespace mtc::pipeline
