// SPDX-License-Identifier: Apache-2.0
//
// A plugin's declaration (plugin.toml) as data. The format is described in docs/architecture.md.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::plugin {

enum class ParamType { boolean, integer, number, text };

/// A parameter. `value` types: bool, int64, double, string, or an array of them where `list`.
struct Param {
  std::string name;  ///< snake_case.
  ParamType type = ParamType::text;
  bool list = false;
  Json default_value;
  std::optional<double> min;
  std::optional<double> max;
  std::vector<std::string> choices;
  std::string help;
  bool affects_output = true;
  std::string action;  ///< "stage", "predict", "measure"; for targets "compile" or "run".

  /// The --flag of this parameter: kebab-case, without the dashes.
  [[nodiscard]] std::string flag() const;
  /// `value` as this parameter takes it (an integer becomes a double where `number`), or what is wrong with
  /// it: "calibration is "mean"; use minmax, percentile or mse". `where` is empty; the caller knows the
  /// place.
  [[nodiscard]] Result<Json> check(const Json& value) const;
  /// "float 0.5..1, default 0.9999": for --help and docs.
  [[nodiscard]] std::string describe() const;
};

struct Input {
  std::string name;
  std::string type;  ///< model dataset artifact predictions timings report any
  bool optional = false;
  bool many = false;
  std::string help;
  bool labels = false;  ///< Of a dataset: it must have labels.
  std::vector<std::string>
      metrics{};  ///< Of an optional input: those that are reported only where it is given.
};

struct Output {
  std::string name;
  std::string type;
  std::string file;  ///< "model.onnx"; a name without extension is a folder.
  std::string help;
  [[nodiscard]] bool folder() const { return file.find('.') == std::string::npos; }
};

struct Stage {
  std::string name;  ///< KIND.NAME
  bool is_default = false;
  std::string summary;
  std::string example;
  std::vector<std::string> target_sections;  ///< Not empty: takes `target`.
  std::vector<std::string> numeric;          ///< Parts of the numeric environment: isa torch blas threads.
  bool checkpoints = false;                  ///< Goes on from where a former attempt was.
  std::vector<std::string> metrics;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Param> params;

  [[nodiscard]] std::string kind() const { return name.substr(0, name.find('.')); }
  [[nodiscard]] const Param* param(std::string_view name) const;
  [[nodiscard]] const Input* input(std::string_view name) const;
  [[nodiscard]] const Output* output(std::string_view name) const;
  /// Whether `artifact` stands for `input`, one of this stage: the host runs it and gives what comes out. So
  /// it is for the first required input of type predictions and the first of type timings; any other, as a
  /// baseline, is given by its own name.
  [[nodiscard]] bool runs_artifact(const Input& input) const;
};

/// `[target.compare]`: a setting that costs speed. An artifact has it where compile set the property
/// `compare` to `name`; `measure` then times a second session without the setting, side by side.
struct Comparison {
  std::string name;
  std::string summary;                 ///< Whose cost it is, in a few words: "exact integers".
  Json params = Json::object();        ///< Run parameters of the session without the setting.
  std::vector<std::string> cpu_flags;  ///< On which the cost depends, as /proc/cpuinfo names them.
};

/// `[[target]]`: what the plugin can do for the target documents that name it.
struct TargetService {
  std::string name;
  std::vector<std::string> numeric;  ///< What the bytes of predictions depend on: all where not declared.
  std::vector<Param> params;
  std::optional<Comparison> compare;
};

/// A library or tool that results depend on.
struct Dependency {
  std::string name;  ///< "libonnxruntime.so.1", "cc"
  bool tool = false;
};

struct Manifest {
  std::string id;
  std::string version;
  std::string summary;
  std::vector<Dependency> dependencies;
  std::vector<Stage> stages;
  std::vector<TargetService> targets;
};

/// Names of flags, without the dashes.
using Flags = std::set<std::string, std::less<>>;

/// Parses the text of a plugin.toml. `reserved` are the driver's own flags: no parameter or input of a plugin
/// may take one ("output", "target", "json" …). Errors: invalid_argument with `where` = `origin`:line:column;
/// unknown keys, missing defaults, a default outside its range and a reserved flag are errors.
Result<Manifest> parse_manifest(std::string_view text, const std::string& origin, const Flags& reserved);

}  // namespace mtc::plugin
