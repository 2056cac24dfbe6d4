// SPDX-License-Identifier: Apache-2.0
//
// Two action documents compared: line by line, and as typed reasons. The format is described in
// docs/cache.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline/reason.hpp"

namespace mtc::pipeline {

/// Begins what stands in place of a digest that is not known before another stage has run: "?STAGE".
inline constexpr char kUnknownDigest = '?';

struct ChangedLine {
  char sign = '-';  ///< '-': only in the earlier document; '+': only in the later one.
  std::string line;
};

/// The lines that differ, in order, with those of `then` before those of `now` that stand in their place.
/// Lines in the same order in both (a longest common subsequence) are left out.
std::vector<ChangedLine> diff_lines(std::string_view then, std::string_view now);

/// What differs, a fact once, in the order of the document; empty for equal documents. A section of a target
/// is one fact. An input whose digest is unknown in either is no difference.
Reasons diff_documents(std::string_view then, std::string_view now);

}  // namespace mtc::pipeline
