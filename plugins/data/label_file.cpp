// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/label_file.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace mtc::data {

namespace {

/// Fields of one line of CSV (RFC 4180, without line breaks within fields).
std::vector<std::string> split(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

Error malformed(const std::string& what, const std::string& path, std::size_t line) {
  return Error{Code::invalid_argument, what, path + ":" + std::to_string(line),
               "write a header with the columns file and label, then one line for each picture"};
}

}  // namespace

Result<std::vector<LabelLine>> read_label_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return Error{Code::not_found, "cannot read the label file", path, "check the path"};
  std::string text;
  std::getline(stream, text);
  const auto header = split(text);
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  const std::size_t file = column("file");
  const std::size_t label = column("label");
  if (file == header.size() || label == header.size()) {
    return malformed("the header lacks the column " + std::string(file == header.size() ? "file" : "label"),
                     path, 1);
  }
  std::vector<LabelLine> lines;
  for (std::size_t number = 2; std::getline(stream, text); ++number) {
    if (text.empty() || text == "\r") continue;
    const auto fields = split(text);
    if (fields.size() <= std::max(file, label))
      return malformed("the line has too few columns", path, number);
    LabelLine entry{fields[file], 0, number};
    const std::string& digits = fields[label];
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, entry.label);
    if (error != std::errc() || rest != end || entry.label < 0) {
      return malformed("the label '" + digits + "' is no class index", path, number);
    }
    lines.push_back(std::move(entry));
  }
  return lines;
}

}  // namespace mtc::data
