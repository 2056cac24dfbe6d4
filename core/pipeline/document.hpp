// SPDX-License-Identifier: Apache-2.0
//
// The action document: canonical text of everything that an action's result depends on. Its SHA-256 is the
// key. The format, a line a fact, is described in docs/cache.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "core/pipeline/plan.hpp"

namespace mtc::pipeline {

/// The schema epoch of action documents: raised when the meaning of an action changes although none of its
/// facts does.
inline constexpr int kSchemaEpoch = 1;

/// What make_document needs beside the plan; found by core/run from files.
struct Facts {
  Digest plugin;  ///< SHA-256 of the plugin's .so; empty for package.
  std::vector<std::pair<std::string, std::string>>
      dependencies;                                    ///< Name → digest (tools: digest and version).
  std::vector<std::pair<std::string, Digest>> inputs;  ///< As Action::inputs, in order.
  std::vector<std::pair<std::string, std::string>>
      numeric;  ///< Part → value, those that the action declares.
};

/// The document of `action`. Deterministic; contains no path, time, host name or stage name of the pipeline
/// file.
std::string make_document(const Action& action, const Facts& facts);

/// The digest of a dataset: of its canonical description with the digests of its files in place of paths.
Digest dataset_digest(const Dataset& dataset, const std::vector<Digest>& inputs,
                      const std::vector<Digest>& labels);

}  // namespace mtc::pipeline
