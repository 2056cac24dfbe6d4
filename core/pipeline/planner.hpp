// SPDX-License-Identifier: Apache-2.0
//
// The state of make_plan() while a plan grows: names, and the builders of datasets and actions. Internal.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline/matrix.hpp"
#include "core/pipeline/plan.hpp"

namespace mtc::pipeline {

Error plan_error(const config::Place& place, Code code, std::string message, std::string hint);

/// "did you mean 'x'? there are: a, b" for a name that is not among `known`.
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

/// What a stage is made of: a manifest's stage, or one of the driver's own (compile, package).
struct Definition {
  const plugin::Plugin* plugin = nullptr;  ///< nullptr for compile and package.
  const plugin::Stage* stage = nullptr;
  std::string builtin;  ///< "compile" or empty.
};

/// Parameters of the sessions that a stage makes the host run.
struct SessionParams {
  Json shared = Json::object();  ///< Of the stage, for each of its sessions.
  /// Not the stage's: run parameters of the target of its artifact, for that session alone. A baseline is run
  /// with the defaults.
  std::map<std::string, config::Located> own;
};

class Planner {
 public:
  Planner(const config::PipelineFile& file, const plugin::Registry& registry)
      : file_(file), registry_(registry) {}
  Result<Plan> run();

 private:
  // Order (planner.cpp)
  Result<void> check_names() const;
  Result<void> check_keys() const;
  Result<std::vector<const config::StageEntry*>> order() const;
  Result<std::vector<std::string>> needs(const config::StageEntry& stage) const;
  [[nodiscard]] std::vector<std::string> all_names() const;
  Result<void> add_stage(const config::StageEntry& stage);
  Result<void> add_variant(const config::StageEntry& stage, const Definition& definition,
                           Combination combination);
  Result<void> add_gates(const config::StageEntry& stage, std::size_t index);

  // Inputs (bind_inputs.cpp)
  Result<Source> resolve(const Bound& bound, const std::string& wanted_type);
  Result<Source> output_of(const Bound& bound);
  Result<Source> named_source(const Bound& bound);
  Result<void> check_keys(const config::StageEntry& stage, const plugin::Stage& definition) const;
  [[nodiscard]] bool has_parameter(const plugin::Stage& definition, const std::string& name) const;
  Result<std::vector<NamedSource>> stage_inputs(const config::StageEntry& stage,
                                                const plugin::Stage& definition,
                                                const Combination& combination,
                                                const SessionParams& session_params);
  Result<Source> session_input(const config::StageEntry& stage, const plugin::Input& input,
                               const Source& artifact, const Combination& combination,
                               const SessionParams& params);
  /// An artifact beside the predictions (or timings) that it would be run for is an error.
  static Result<void> check_artifact(const config::StageEntry& stage, const plugin::Stage& definition,
                                     const Combination& combination);
  /// A dataset without labels where `input` needs them is an error.
  [[nodiscard]] Result<void> check_labels(const config::StageEntry& stage, const plugin::Input& input,
                                          const Source& source) const;
  /// Predictions are scored with the labels of their own dataset, and compared with a baseline of the same.
  Result<void> check_same_data(const config::StageEntry& stage, const std::vector<NamedSource>& inputs) const;

  // Datasets (plan_datasets.cpp)
  Result<void> find_makers();
  /// `maker`: the variant that makes it, for a dataset that a stage makes.
  Result<std::size_t> dataset(const std::string& name, const config::Place& place,
                              std::optional<std::size_t> maker);
  Result<Dataset> source_dataset(const config::DataEntry& entry, std::optional<std::size_t> maker);
  Result<Dataset> decoded_images(const config::DataEntry& entry);
  Result<Dataset> stage_dataset(const config::DataEntry& entry, std::optional<std::size_t> maker);

  // Actions (plan_actions.cpp)
  Result<Definition> definition(const config::Located& uses) const;
  Result<plugin::Registry::TargetMatch> target(const config::StageEntry& stage,
                                               const Combination& combination) const;
  /// A target without any section that the stage reads, as no scheme to quantize for, is an error.
  [[nodiscard]] Result<void> check_sections(const config::StageEntry& stage, const plugin::Stage& definition,
                                            const plugin::Target& target) const;
  /// The values of `declared`. Of the others those that may be parameters of a session go to `others`, where
  /// that is given; the rest are errors.
  Result<Json> params(const std::vector<plugin::Param>& declared, const config::StageEntry& stage,
                      const Combination& combination, std::map<std::string, config::Located>* others) const;
  Result<std::size_t> run_session(const std::string& kind, const Source& artifact,
                                  const std::optional<Source>& data, const SessionParams& params,
                                  const config::Place& place);
  /// `params` of a session of `match`: what `declared` says, filled in.
  [[nodiscard]] Result<Json> session_values(const std::vector<plugin::Param>& declared,
                                            const plugin::Registry::TargetMatch& match,
                                            const SessionParams& params, const config::Place& place) const;
  Result<plugin::Registry::TargetMatch> target_of(const Source& artifact) const;
  std::size_t add_action(Action action);

  const config::PipelineFile& file_;
  const plugin::Registry& registry_;
  Plan plan_;
  std::map<std::string, std::vector<std::size_t>> stage_variants_;
  std::map<std::string, Reference> makers_;  ///< Dataset → the stage's output that it, or what it views, is.
  std::map<std::pair<std::string, std::optional<std::size_t>>, std::size_t> dataset_indices_;
  std::vector<std::size_t> pending_actions_;  ///< Actions added for the variant under construction.
};

}  // namespace mtc::pipeline
