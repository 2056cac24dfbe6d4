// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/gate.hpp"

#include <cmath>
#include <optional>
#include <regex>

#include <fmt/format.h>

namespace mtc::pipeline {
namespace {

std::optional<double> number(const std::string& text) {
  try {
    std::size_t used = 0;
    const double value = std::stod(text, &used);
    if (used == text.size() && std::isfinite(value)) return value;
  } catch (const std::exception&) {
    return std::nullopt;  // std::stod tells of bad input by throwing.
  }
  return std::nullopt;
}

}  // namespace

bool Gate::holds(double value, double limit) const {
  if (op == ">=") return value >= limit;
  if (op == "<=") return value <= limit;
  if (op == ">") return value > limit;
  if (op == "<") return value < limit;
  return value == limit;
}

Result<Gate> parse_gate(std::string_view text) {
  static const std::regex form(
      R"(\s*([A-Za-z_][\w]*)\s*(>=|<=|==|>|<)\s*(?:([A-Za-z_][\w\-]*)\.([A-Za-z_]\w*)\s*(?:([+-])\s*(\S+))?|(\S+))\s*)");
  const std::string whole(text);
  std::smatch match;
  const Error malformed{Code::invalid_argument,
                        fmt::format("'{}' is not a gate", text),
                        {},
                        "write METRIC OP NUMBER or METRIC OP STAGE.METRIC, then + NUMBER or - NUMBER if "
                        "wanted; OP is one of >= <= > < =="};
  if (!std::regex_match(whole, match, form)) return malformed;
  Gate gate{whole, match[1], match[2], match[3], match[4], 0};
  const std::string literal = match[7].matched ? match[7].str() : match[6].str();
  if (!literal.empty()) {
    const auto value = number(literal);
    if (!value) return malformed;
    gate.offset = match[5] == "-" ? -*value : *value;
  }
  return gate;
}

}  // namespace mtc::pipeline
