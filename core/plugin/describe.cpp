// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/describe.hpp"

#include <algorithm>
#include <cstddef>

#include "core/base/text.hpp"

namespace mtc::plugin {
namespace {

constexpr std::size_t kColumns = 100;

/// Characters of UTF-8 text.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// `text` in lines that begin at `indent` and end before kColumns.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t column = 0;
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    const bool first = column == 0;
    if (!first && column + 1 + width(word) > kColumns) {
      result += "\n";
      column = 0;
    }
    if (column == 0) {
      result += std::string(indent, ' ');
      column = indent;
    } else {
      result += " ";
      ++column;
    }
    result += word;
    column += width(word);
  }
  return result.empty() ? result : result + "\n";
}

/// A name, what it is, and its help.
struct Row {
  std::string name;
  std::string type;
  std::string help;
};

/// Names in one column, types in the next, the help below the type.
std::string table(const std::string& title, const std::vector<Row>& rows) {
  if (rows.empty()) return "";
  std::size_t name_width = 0;
  for (const Row& row : rows) name_width = std::max(name_width, width(row.name));
  std::string text = "\n" + title + "\n";
  for (const Row& row : rows) {
    text += "  " + row.name + std::string(name_width - width(row.name) + 2, ' ') + row.type + "\n";
    text += wrapped(row.help, name_width + 4);
  }
  return text;
}

std::string block(const std::string& title, const std::string& content) {
  return content.empty() ? "" : "\n" + title + "\n" + wrapped(content, 2);
}

std::string inputs(const Stage& stage) {
  std::vector<Row> rows;
  for (const Input& input : stage.inputs) {
    std::string type = input.many ? input.type + " (one or several)" : input.type;
    if (input.optional) type += ", optional";
    if (input.labels) type += ", with labels";
    if (!input.metrics.empty()) type += "; brings the metrics " + join(input.metrics, ", ");
    rows.push_back({input.name, type, input.help});
  }
  return table("Inputs", rows);
}

std::string outputs(const Stage& stage) {
  std::vector<Row> rows;
  for (const Output& output : stage.outputs) {
    rows.push_back(
        {output.name, output.type + ", " + output.file + (output.folder() ? "/" : ""), output.help});
  }
  return table("Outputs", rows);
}

}  // namespace

std::string describe_params(const std::vector<Param>& params, const std::string& title) {
  std::vector<Row> rows;
  for (const Param& param : params) rows.push_back({"--" + param.flag(), param.describe(), param.help});
  return table(title, rows);
}

std::string describe_stage(const Stage& stage) {
  std::string text = stage.name + (stage.is_default ? " (the default of " + stage.kind() + ")" : "") + "\n";
  text += wrapped(stage.summary, 2);
  text += inputs(stage);
  if (!stage.target_sections.empty()) {
    text +=
        "\nTarget\n" +
        wrapped("--target ID; reads these sections of its document: " + join(stage.target_sections, ", "), 2);
  }
  text += describe_params(stage.params, "Parameters");
  text += outputs(stage);
  text += block("Metrics", join(stage.metrics, ", "));
  if (stage.checkpoints)
    text +=
        block("Checkpoints", "An attempt that is killed, interrupted or fails is continued by the next run.");
  if (!stage.example.empty()) text += "\nExample\n  " + stage.example + "\n";
  return text;
}

namespace {

/// The words of [ops] supported; empty where the document does not say.
std::string operators(const Target& target) {
  const auto ops = target.sections.find("ops");
  if (ops == target.sections.end() || !ops->is_object() || !ops->contains("supported")) return "";
  std::vector<std::string> names;
  for (const Json& name : ops->at("supported")) {
    if (name.is_string()) names.push_back(name.get<std::string>());
  }
  return join(names, ", ");
}

}  // namespace

std::string describe_target(const Target& target, const TargetService& service) {
  std::string text = target.id + " (plugin " + target.plugin + ")\n" + wrapped(target.summary, 2);
  std::string needs = join(target.requires_isa, ", ");
  if (const auto missing = target.missing_isa(); !missing.empty()) {
    needs += " (this machine lacks " + join(missing, ", ") + ")";
  }
  text += block("Needs the CPU flags", needs);
  std::vector<std::string> sections;
  for (const auto& [name, unused] : target.sections.items()) sections.push_back(name);
  text += block("Sections", join(sections, ", "));
  text += block("Operators", operators(target));
  std::vector<Param> compile;
  std::vector<Param> run;
  for (const Param& param : service.params) (param.action == "run" ? run : compile).push_back(param);
  return text + describe_params(compile, "Parameters of compile") +
         describe_params(run, "Parameters when it runs");
}

}  // namespace mtc::plugin
