// SPDX-License-Identifier: Apache-2.0
//
// The action specification (docs/architecture.md, "Actions") as data.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

enum class ActionKind { stage, compile, predict, measure };

struct SpecInput {
  std::string name;
  std::string type;
  std::string path;    ///< Absolute; empty for a dataset.
  std::string digest;  ///< May be empty.
  Json dataset;        ///< The dataset view; null for others.
};

struct SpecOutput {
  std::string name;
  std::string type;
  std::string path;  ///< Absolute.
  bool folder = false;
};

/// measure: a setting of the target whose cost is measured, for artifacts that have it.
struct SpecComparison {
  std::string name;  ///< As the artifact's property `compare`.
  std::string summary;
  Json params;                         ///< That differ in the session without the setting.
  std::vector<std::string> cpu_flags;  ///< On which the cost depends.
};

struct ActionSpec {
  ActionKind kind = ActionKind::stage;
  std::string plugin;     ///< Absolute path of the .so.
  std::string plugin_id;  ///< Of its manifest; the file's stem where the driver did not say.
  std::string name;       ///< Stage name, or target id.
  Json params;            ///< name → value
  Json target;            ///< "target.section.key" → value
  std::vector<SpecInput> inputs;
  std::vector<SpecOutput> outputs;
  std::vector<std::string> metrics;
  std::map<std::string, std::string> dependencies;  ///< name → absolute path
  std::string scratch;
  std::string checkpoints;  ///< Folder of the action's checkpoints; empty where the stage keeps none.
  std::string source_digest;
  std::optional<SpecComparison> compare;

  /// Errors: internal (driver and worker disagree) naming the member that is absent or of another type.
  static Result<ActionSpec> parse(const Json& json);

  /// The `index`-th value of the input `name`, or nullptr.
  [[nodiscard]] const SpecInput* input(std::string_view name, std::size_t index = 0) const;
  [[nodiscard]] const SpecOutput* output(std::string_view name) const;

  /// Parameters of the built-in actions. Errors: internal when absent or of another type.
  [[nodiscard]] Result<std::int64_t> integer(const char* name) const;
  [[nodiscard]] Result<double> number(const char* name) const;
};

}  // namespace mtc::host
