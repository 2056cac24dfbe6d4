// SPDX-License-Identifier: Apache-2.0
//
// Which targets take a model: each is asked to compile it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/mtc/init/model_facts.hpp"
#include "cli/mtc/init/trial.hpp"
#include "core/plugin/registry.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct TargetTrial {
  std::string id;
  std::string refusal;  ///< Why it cannot be used for this model on this machine; empty: it can.
  ModelFacts facts;     ///< Of the model as it was compiled.

  [[nodiscard]] bool usable() const { return refusal.empty(); }
};

/// The targets to prepare a pipeline for: `wanted`, or this machine's CPU and onnxruntime, as far as they are
/// installed. Errors: not_found (did you mean).
Result<std::vector<std::string>> chosen_targets(const plugin::Registry& registry,
                                                const std::vector<std::string>& wanted);

/// Compiles `model` for each of `targets`, each by itself: a library that one needs may be missing.
/// Errors: cancelled, and what has to do with the store.
Result<std::vector<TargetTrial>> try_targets(Trial& trial, const plugin::Registry& registry,
                                             const std::filesystem::path& model,
                                             const std::vector<std::string>& targets);

/// `error` as one line: message, where, hint.
std::string one_line(const Error& error);

}  // namespace mtc::cli
