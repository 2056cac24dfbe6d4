// SPDX-License-Identifier: Apache-2.0
//
// What a parameter accepts, and how it describes itself.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/text.hpp"
#include "core/plugin/manifest.hpp"

namespace mtc::plugin {
namespace {

const char* type_word(ParamType type) {
  switch (type) {
    case ParamType::boolean:
      return "bool";
    case ParamType::integer:
      return "int";
    case ParamType::number:
      return "float";
    case ParamType::text:
      return "string";
  }
  return "";
}

const char* wanted(ParamType type) {
  switch (type) {
    case ParamType::boolean:
      return "true or false";
    case ParamType::integer:
      return "an integer";
    case ParamType::number:
      return "a number";
    case ParamType::text:
      return "a string";
  }
  return "";
}

/// A value as people write it; bytes that are no UTF-8 are replaced.
std::string shown(const Json& value) {
  if (value.is_number_float()) return number_text(value.get<double>());
  if (value.is_array()) {
    std::string list;
    for (const Json& item : value) list += (list.empty() ? "" : ", ") + shown(item);
    return "[" + list + "]";
  }
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// "minmax, percentile or mse"
std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

/// A limit as people write it: an integer's without exponent.
std::string limit(const Param& param, double value) {
  constexpr double kIntegers = 9223372036854775808.0;  // 2^63
  const bool whole = std::abs(value) < kIntegers && std::trunc(value) == value;
  if (param.type == ParamType::integer && whole) return std::to_string(static_cast<std::int64_t>(value));
  return number_text(value);
}

/// "0.5..1", "1 or more", "8 or less"; empty where there is no limit.
std::string range(const Param& param) {
  if (param.min && param.max) return limit(param, *param.min) + ".." + limit(param, *param.max);
  if (param.min) return limit(param, *param.min) + " or more";
  return param.max ? limit(param, *param.max) + " or less" : "";
}

/// "an integer, 2..8", "a string: minmax, percentile or mse".
std::string accepted(const Param& param) {
  std::string text = wanted(param.type);
  if (!param.choices.empty()) return text + ": " + alternatives(param.choices);
  const std::string limits = range(param);
  return limits.empty() ? text : text + ", " + limits;
}

Error refused(const Param& param, const Json& value, const std::string& hint) {
  return {Code::invalid_argument, param.name + " is " + shown(value), "", hint};
}

bool has_type(ParamType type, const Json& value) {
  switch (type) {
    case ParamType::boolean:
      return value.is_boolean();
    case ParamType::integer:
      return value.is_number_integer();
    case ParamType::number:
      return value.is_number();
    case ParamType::text:
      return value.is_string();
  }
  return false;
}

Result<Json> check_choice(const Param& param, const Json& value) {
  const auto word = value.get<std::string>();
  if (param.choices.empty() || std::ranges::find(param.choices, word) != param.choices.end()) return value;
  std::string hint = "use " + alternatives(param.choices);
  if (const auto match = closest(word, param.choices)) hint += "; did you mean \"" + *match + "\"?";
  return refused(param, value, hint);
}

/// One value, or one item of a list.
Result<Json> check_one(const Param& param, const Json& value) {
  if (!has_type(param.type, value)) return refused(param, value, "use " + accepted(param));
  if (param.type == ParamType::boolean) return value;
  if (param.type == ParamType::text) return check_choice(param, value);
  const auto number = value.get<double>();
  if (!std::isfinite(number)) {
    return refused(param, value, "use a finite number" + (range(param).empty() ? "" : ", " + range(param)));
  }
  if ((param.min && number < *param.min) || (param.max && number > *param.max)) {
    return refused(param, value, "use " + range(param));
  }
  if (param.type == ParamType::number) return Json(number);
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
    return refused(param, value, "use an integer below 2^63");
  }
  return Json(value.get<std::int64_t>());
}

}  // namespace

std::string Param::flag() const {
  std::string text = name;
  std::ranges::replace(text, '_', '-');
  return text;
}

Result<Json> Param::check(const Json& value) const {
  if (!list) {
    if (value.is_array()) return refused(*this, value, "use one value, not a list: " + accepted(*this));
    return check_one(*this, value);
  }
  Json result = Json::array();
  if (!value.is_array()) {
    MTC_ASSIGN(Json only, check_one(*this, value));
    result.push_back(std::move(only));
    return result;
  }
  for (const Json& item : value) {
    MTC_ASSIGN(Json checked, check_one(*this, item));
    result.push_back(std::move(checked));
  }
  return result;
}

std::string Param::describe() const {
  std::string text = list ? "list of " : "";
  text += type_word(type);
  if (!choices.empty()) text.append(" ").append(join(choices, "|"));
  if (const std::string limits = range(*this); !limits.empty()) text.append(" ").append(limits);
  const bool plain = default_value.is_string() && default_value != "";
  return text.append(", default ").append(plain ? default_value.get<std::string>() : shown(default_value));
}

}  // namespace mtc::plugin
