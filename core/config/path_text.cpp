// SPDX-License-Identifier: Apache-2.0
#include "core/config/path_text.hpp"

#include <cstdlib>
#include <optional>
#include <string_view>

namespace mtc::config {
namespace {

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  for (const char c : name) {
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

/// The value of NAME or NAME:-default.
Result<std::string> value_of(std::string_view expression, const Place& place) {
  std::optional<std::string> fallback;
  const std::size_t split = expression.find(":-");
  if (split != std::string_view::npos) fallback = expression.substr(split + 2);
  const std::string name(expression.substr(0, split));
  if (!is_variable_name(name)) {
    return invalid(place, "${" + std::string(expression) + "} does not name an environment variable",
                   "write ${NAME} or ${NAME:-default}");
  }
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && (*value != '\0' || !fallback)) return std::string(value);
  if (fallback) return *fallback;
  return invalid(place, "the environment variable " + name + " is not set",
                 "set " + name + ", or write ${" + name + ":-default}");
}

}  // namespace

Result<std::string> expand_variables(const std::string& text, const Place& place) {
  std::string result;
  std::size_t from = 0;
  for (std::size_t start = text.find("${"); start != std::string::npos; start = text.find("${", from)) {
    const std::size_t end = text.find('}', start);
    if (end == std::string::npos) {
      return invalid(place, "\"" + text + "\" opens ${ and does not close it", "add the missing }");
    }
    MTC_ASSIGN(const std::string value,
               value_of(std::string_view(text).substr(start + 2, end - start - 2), place));
    result += text.substr(from, start - from) + value;
    from = end + 1;
  }
  return result + text.substr(from);
}

Result<std::filesystem::path> resolve_path(const std::string& text, const std::filesystem::path& folder,
                                           const Place& place) {
  MTC_ASSIGN(const std::string expanded, expand_variables(text, place));
  if (expanded.empty()) return invalid(place, "the path \"" + text + "\" is empty", "name a file or folder");
  if (expanded.find('\0') != std::string::npos) {
    return invalid(place, "the path holds a NUL character", "remove it");
  }
  return (folder / expanded).lexically_normal();
}

}  // namespace mtc::config
