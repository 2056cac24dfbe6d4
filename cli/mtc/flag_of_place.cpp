// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/flag_of_place.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

struct Position {
  std::size_t line = 0;    ///< From 0.
  std::size_t column = 0;  ///< From 0.
};

std::optional<Position> position_of(const std::string& where) {
  const auto parts = split(where, ':');
  if (parts.size() != 3 || parts.front() != kCommandLine) return std::nullopt;
  const auto line = parse_integer(parts[1]);
  const auto column = parse_integer(parts[2]);
  if (!line || !column || *line < 1 || *column < 1) return std::nullopt;
  return Position{static_cast<std::size_t>(*line - 1), static_cast<std::size_t>(*column - 1)};
}

/// The name at the beginning of `text`.
std::string word(const std::string& text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c == ' ' || c == '=' || c == ']'; });
  return {text.begin(), end};
}

std::string flag(std::string name) {
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

/// Of [model] "model"; of [model.NAME_file] the argument or flag called NAME.
std::string model_flag(const std::string& header) {
  if (!header.starts_with("model.")) return "model";
  const std::string name = header.substr(6, header.rfind("_file") - 6);
  return name == "artifact" || name == "model" ? name : flag(name);
}

/// Of the key `key` of [data.NAME]. The two parts into which deploy divides --data are no flags.
std::string data_flag(const std::string& header, const std::string& key) {
  if (key == "labels" || key == "preprocess") return flag(key);
  const std::string name = header.substr(5);
  return name == "held_out" ? "--data" : flag(name);
}

std::string stage_flag(const std::string& header, const std::string& line, std::size_t column) {
  const std::string key = word(line);
  if (key == "with" && column < line.size()) {
    const std::string param = word(line.substr(column));
    return param == "with" ? "stage '" + header.substr(6) + "'" : flag(param);
  }
  if (key == "target" || key == "gate" || key == "data" || key == "baseline") return flag(key);
  if (key == "artifact" || key == "model") return key;
  return "stage '" + header.substr(6) + "'";
}

}  // namespace

Error at_flag(Error error, const std::string& text) {
  const auto position = position_of(error.where);
  const auto lines = split(text, '\n');
  if (!position || position->line >= lines.size()) return error;
  std::string header;
  for (std::size_t i = 0; i <= position->line; ++i) {
    if (lines[i].starts_with("[")) header = word(lines[i].substr(1));
  }
  const std::string& line = lines[position->line];
  if (header.starts_with("model")) error.where = model_flag(header);
  if (header.starts_with("data.")) error.where = data_flag(header, word(line));
  if (header.starts_with("stage.")) error.where = stage_flag(header, line, position->column);
  return error;
}

}  // namespace mtc::cli
