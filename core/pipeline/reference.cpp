// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/reference.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>

namespace mtc::pipeline {
namespace {

Error malformed(std::string_view text, std::string_view why) {
  return {Code::invalid_argument,
          fmt::format("'{}' is not a reference: {}", text, why),
          {},
          "write a model's or dataset's name, STAGE.OUTPUT or STAGE[axis=value].OUTPUT"};
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Position of the first of `signs` in `text` that is not within quotes.
std::size_t find_unquoted(std::string_view text, std::string_view signs) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && signs.find(text[i]) != std::string_view::npos) return i;
  }
  return std::string_view::npos;
}

std::string_view unquote(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_selector(std::string_view whole,
                                                                        std::string_view inside) {
  std::vector<std::pair<std::string, std::string>> selector;
  while (true) {
    const auto comma = find_unquoted(inside, ",");
    const auto part = inside.substr(0, comma);
    const auto equal = find_unquoted(part, "=");
    if (equal == std::string_view::npos) return malformed(whole, "the brackets want axis=value");
    const auto axis = trim(part.substr(0, equal));
    if (axis.empty()) return malformed(whole, "an axis has no name");
    selector.emplace_back(axis, unquote(trim(part.substr(equal + 1))));
    if (comma == std::string_view::npos) return selector;
    inside.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<Reference> parse_reference(std::string_view text) {
  Reference reference;
  std::string_view rest;
  if (const auto open = text.find('['); open != std::string_view::npos) {
    const auto length = find_unquoted(text.substr(open + 1), "]");
    if (length == std::string_view::npos) return malformed(text, "no ']'");
    reference.name = text.substr(0, open);
    const auto inside = trim(text.substr(open + 1, length));
    reference.all = inside == "*";
    if (!reference.all) {
      MTC_ASSIGN(reference.selector, parse_selector(text, inside));
    }
    rest = text.substr(open + length + 2);
    if (!rest.starts_with('.')) return malformed(text, "an output must follow the brackets");
  } else {
    const auto dot = text.find('.');
    reference.name = text.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view() : text.substr(dot);
  }
  if (!is_name(reference.name))
    return malformed(text, "the name has other characters than letters, digits, _ and -");
  if (!rest.empty()) {
    reference.output = rest.substr(1);
    if (!is_name(reference.output))
      return malformed(text, "the output's name is empty or has other characters");
  }
  return reference;
}

}  // namespace mtc::pipeline
