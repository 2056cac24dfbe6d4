// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/manifest_stage.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/config/fields.hpp"
#include "core/plugin/names.hpp"

namespace mtc::plugin {
namespace {

using config::Fields;
using config::invalid;
using config::Node;

/// Types of inputs and outputs.
const std::vector<std::string>& types() {
  static const std::vector<std::string> names{"model",   "dataset", "artifact", "predictions",
                                              "timings", "report",  "any"};
  return names;
}

/// Kinds whose actions are built into mtc.
const std::vector<std::string>& built_in_kinds() {
  static const std::vector<std::string> names{"compile", "predict", "measure", "package", "deploy"};
  return names;
}

/// Keys of [stage.NAME] in a pipeline file that no input may be called.
const std::vector<std::string>& pipeline_keys() {
  static const std::vector<std::string> names{"uses", "with",      "matrix", "gate",
                                              "skip", "resources", "target"};
  return names;
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

Result<void> check_stage_name(const std::string& name, const config::Place& place) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || name.find('.', dot + 1) != std::string::npos) {
    return invalid(place, "stage.name \"" + name + "\" is not KIND.NAME", "write such as \"quantize.ptq\"");
  }
  MTC_TRY(check_word(name.substr(0, dot), "the kind in stage.name", place));
  MTC_TRY(check_word(name.substr(dot + 1), "the name in stage.name", place));
  if (!contains(built_in_kinds(), name.substr(0, dot))) return {};
  return invalid(place, "stage.name \"" + name + "\": this kind is built into mtc", "choose another kind");
}

/// A list of distinct names.
Result<std::vector<std::string>> read_words(const Fields& fields, const std::string& key) {
  MTC_ASSIGN(auto words, fields.texts(key));
  std::set<std::string> seen;
  for (const std::string& word : words) {
    MTC_TRY(check_snake_case(word, fields.path(key), fields.place(key)));
    if (seen.insert(word).second) continue;
    return invalid(fields.place(key), fields.path(key) + " holds \"" + word + "\" twice",
                   "remove one of them");
  }
  return words;
}

Error declared_twice(const Fields& fields, const std::string& what, const std::string& name) {
  return invalid(fields.place("name"), what + " \"" + name + "\" is declared twice", "rename one of them");
}

/// An input may have the driver's flag for its kind of value, such as --data, but no other one.
Result<void> check_input_flag(const Fields& entry, std::string name, const Flags& reserved) {
  static const std::vector<std::string> shared{"artifact", "data", "labels", "model"};
  std::ranges::replace(name, '_', '-');
  if (!reserved.contains(name) || contains(shared, name)) return {};
  return invalid(entry.place("name"), "the input \"" + name + "\" has the name of a flag of the driver",
                 "rename it");
}

/// `labels` and `metrics` of an input; `declared` are the stage's metrics.
Result<void> read_input_promises(const Fields& entry, const std::vector<std::string>& declared,
                                 Input& input) {
  MTC_ASSIGN(input.labels, entry.boolean("labels", false));
  if (input.labels && input.type != "dataset") {
    return invalid(entry.place("labels"), "labels does not apply to an input of type " + input.type,
                   "remove it");
  }
  MTC_ASSIGN(input.metrics, read_words(entry, "metrics"));
  if (!input.metrics.empty() && !input.optional) {
    return invalid(entry.place("metrics"),
                   "metrics of the input \"" + input.name + "\", which is not optional",
                   "remove it: the stage's own metrics say what it reports");
  }
  for (const std::string& metric : input.metrics) {
    if (contains(declared, metric)) continue;
    return invalid(entry.place("metrics"), "the stage has no metric \"" + metric + "\"",
                   config::suggest(metric, declared));
  }
  return {};
}

Result<void> read_inputs(const Fields& fields, const Flags& reserved, Stage& stage) {
  MTC_ASSIGN(const auto tables, fields.tables("input"));
  for (const Node* table : tables) {
    const Fields entry(*table, "stage.input");
    MTC_TRY(entry.only({"name", "type", "optional", "many", "help", "labels", "metrics"}));
    Input input;
    MTC_ASSIGN(input.name, entry.text("name"));
    MTC_TRY(check_snake_case(input.name, "stage.input.name", entry.place("name")));
    if (contains(pipeline_keys(), input.name)) {
      return invalid(entry.place("name"),
                     "an input cannot be called \"" + input.name + "\": pipeline files use that key",
                     "rename it");
    }
    if (stage.input(input.name) != nullptr) return declared_twice(entry, "the input", input.name);
    MTC_TRY(check_input_flag(entry, input.name, reserved));
    MTC_TRY(entry.required("type"));
    MTC_ASSIGN(input.type, entry.choice("type", "", types()));
    MTC_ASSIGN(input.optional, entry.boolean("optional", false));
    MTC_ASSIGN(input.many, entry.boolean("many", false));
    MTC_ASSIGN(input.help, entry.text("help", ""));
    MTC_TRY(read_input_promises(entry, stage.metrics, input));
    stage.inputs.push_back(std::move(input));
  }
  return {};
}

Result<void> read_outputs(const Fields& fields, Stage& stage) {
  MTC_ASSIGN(const auto tables, fields.tables("output"));
  for (const Node* table : tables) {
    const Fields entry(*table, "stage.output");
    MTC_TRY(entry.only({"name", "type", "file", "help"}));
    Output output;
    MTC_ASSIGN(output.name, entry.text("name"));
    MTC_TRY(check_snake_case(output.name, "stage.output.name", entry.place("name")));
    if (stage.output(output.name) != nullptr) return declared_twice(entry, "the output", output.name);
    MTC_TRY(entry.required("type"));
    MTC_ASSIGN(output.type, entry.choice("type", "", types()));
    MTC_ASSIGN(output.file, entry.text("file"));
    if (output.file.find('/') != std::string::npos || output.file.front() == '.') {
      return invalid(entry.place("file"),
                     "stage.output.file \"" + output.file + "\" is not a plain file name",
                     "write such as \"model.onnx\", or \"tensors\" for a folder");
    }
    if (std::ranges::find(stage.outputs, output.file, &Output::file) != stage.outputs.end()) {
      return invalid(entry.place("file"), "two outputs have the file \"" + output.file + "\"",
                     "rename one of them");
    }
    MTC_ASSIGN(output.help, entry.text("help", ""));
    stage.outputs.push_back(std::move(output));
  }
  return {};
}

/// Flags of inputs and parameters are one namespace.
Result<void> check_flags(const Node& table, const Stage& stage) {
  for (const Param& param : stage.params) {
    if (stage.input(param.name) == nullptr) continue;
    const Node* params = table.find("param");
    const auto at = std::ranges::find_if(params->children, [&](const Node& each) {
      const Node* name = each.find("name");
      return name != nullptr && name->scalar == param.name;
    });
    return invalid(Fields(*at, "").place("name"), "\"" + param.name + "\" is an input and a parameter",
                   "rename one of them");
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> read_numeric(const Fields& fields) {
  static const std::vector<std::string> parts{"isa", "torch", "blas", "threads"};
  MTC_ASSIGN(auto words, read_words(fields, "numeric"));
  for (const std::string& word : words) {
    if (contains(parts, word)) continue;
    return invalid(fields.place("numeric"), fields.path("numeric") + " holds \"" + word + "\"",
                   config::suggest(word, parts));
  }
  return words;
}

Result<Stage> read_stage(const Node& table, const Flags& reserved) {
  const Fields fields(table, "stage");
  MTC_TRY(fields.only({"name", "default", "summary", "example", "target", "numeric", "checkpoints", "metrics",
                       "input", "output", "param"}));
  Stage stage;
  MTC_ASSIGN(stage.name, fields.text("name"));
  MTC_TRY(check_stage_name(stage.name, fields.place("name")));
  MTC_ASSIGN(stage.is_default, fields.boolean("default", false));
  MTC_ASSIGN(stage.summary, fields.text("summary"));
  MTC_ASSIGN(stage.example, fields.text("example", ""));
  MTC_ASSIGN(stage.target_sections, read_words(fields, "target"));
  MTC_ASSIGN(stage.numeric, read_numeric(fields));
  MTC_ASSIGN(stage.checkpoints, fields.boolean("checkpoints", false));
  MTC_ASSIGN(stage.metrics, read_words(fields, "metrics"));
  MTC_TRY(read_inputs(fields, reserved, stage));
  MTC_TRY(read_outputs(fields, stage));
  MTC_ASSIGN(stage.params, read_params(table, "stage", {"stage", "predict", "measure"}, reserved));
  MTC_TRY(check_flags(table, stage));
  return stage;
}

}  // namespace mtc::plugin
