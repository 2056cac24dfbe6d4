// SPDX-License-Identifier: Apache-2.0
//
// A pipeline with everything resolved that can be without running anything: variants of stages (the matrix
// expanded) and the actions that they become. Pure data; pointers go into the Registry that it was made from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.hpp"
#include "core/config/pipeline_file.hpp"
#include "core/pipeline/gate.hpp"
#include "core/plugin/registry.hpp"
#include "mtc/result.hpp"

namespace mtc::pipeline {

/// Where the value of an input comes from.
struct Source {
  enum class Kind {
    path,     ///< A user's file or folder.
    output,   ///< An output of an earlier action.
    dataset,  ///< Plan::datasets[dataset].
  };
  Kind kind = Kind::path;
  std::string type;            ///< model artifact dataset predictions timings report any
  std::filesystem::path path;  ///< kind path.
  std::size_t action = 0;      ///< kind output.
  std::string output;          ///< kind output: its name.
  std::string member;          ///< kind output: a file inside a folder output; empty = the whole.
  std::size_t dataset = 0;     ///< kind dataset.
  config::Place place;         ///< Where it was named.
};

/// A dataset with its chain of views. `inputs` and `labels` are NPY files.
struct Dataset {
  std::string name;
  std::vector<Source> inputs;
  std::vector<Source> labels;
  Json preprocess;  ///< null or {color, scale, mean, std}
  std::int64_t classes = 0;
  std::int64_t label_offset = 0;
  bool labelled = true;  ///< False where it is known before anything runs that there are no labels.
  Json views;            ///< [{seed, skip, take}], in order.
};

struct NamedSource {
  std::string name;
  Source source;
};

/// One run of one worker.
struct Action {
  std::string kind;  ///< stage compile predict measure package
  std::string name;  ///< Stage name, or target id.
  const plugin::Plugin* plugin = nullptr;
  const plugin::Target* target = nullptr;
  const plugin::Comparison* compare =
      nullptr;                          ///< measure: a setting of the target whose cost is measured too.
  Json target_values = Json::object();  ///< Flattened sections of the target's document that it may read.
  Json params = Json::object();         ///< All, defaults filled in.
  Json key_params = Json::object();     ///< Those that affect the output.
  std::vector<std::string> numeric;     ///< Parts of the numeric environment that belong to the key.
  std::vector<NamedSource>
      inputs;  ///< An input given several times (`many`) appears several times, in order.
  std::vector<plugin::Output> outputs;
  std::vector<std::string> metrics;
  bool checkpoints = false;  ///< The stage goes on from where a former attempt was.
  std::vector<std::pair<std::string, std::string>>
      absent_metrics;   ///< Metrics that it cannot report, each with the optional input that is not given.
  bool record = false;  ///< A measurement: never cached, kept as a record.
  std::size_t variant = 0;  ///< The variant that it belongs to.
};

/// A value on an axis of the matrix, and the stage that introduced the axis.
struct Axis {
  std::string name;
  std::string value;
  std::string origin;
};

/// A gate, and the variant whose metric is its limit (none where the limit is a number).
struct BoundGate {
  Gate gate;
  std::optional<std::size_t> limit_variant;
};

/// A stage, for one combination of axis values.
struct Variant {
  std::string stage;
  std::string uses;
  std::vector<Axis> axes;
  std::vector<std::size_t> actions;  ///< In order; the last is the stage's own.
  std::vector<BoundGate> gates;
  config::ResourcesEntry resources;
  config::Place place;

  /// stage, or stage[axis=value,…].
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::size_t main_action() const { return actions.back(); }
};

struct Plan {
  std::filesystem::path file;    ///< The pipeline file; empty for a one-shot verb.
  std::filesystem::path folder;  ///< Its folder.
  std::vector<Dataset> datasets;
  std::vector<Action> actions;    ///< Each after those that it reads from.
  std::vector<Variant> variants;  ///< Each after those that it reads from.
};

/// Resolves stages, references, parameters, targets and the matrix of `file`.
/// Errors, all with `where` = file:line:column: not_found (stage, target, input, parameter: did you mean);
/// invalid_argument (type, range, cycle, axis in two stages, baseline of another dataset, unknown metric in a
/// gate).
Result<Plan> make_plan(const config::PipelineFile& file, const plugin::Registry& registry);

}  // namespace mtc::pipeline
