// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/names.hpp"

#include <algorithm>

#include "core/config/toml.hpp"

namespace mtc::plugin {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

bool among(char c, std::string_view characters) { return characters.find(c) != std::string_view::npos; }

Result<void> refuse(std::string_view name, const std::string& what, const config::Place& place,
                    const std::string& hint) {
  return config::invalid(place, what + " \"" + std::string(name) + "\" is not a valid name", hint);
}

}  // namespace

Result<void> check_snake_case(std::string_view name, const std::string& what, const config::Place& place) {
  const bool fits = !name.empty() && among(name.front(), kLower) && std::ranges::all_of(name, [](char c) {
    return among(c, kLower) || among(c, kDigits) || c == '_';
  });
  if (fits) return {};
  return refuse(name, what, place, "use lower-case letters, digits and _, beginning with a letter");
}

Result<void> check_word(std::string_view name, const std::string& what, const config::Place& place) {
  const auto plain = [](char c) { return among(c, kLower) || among(c, kDigits); };
  const bool fits = !name.empty() && plain(name.front()) &&
                    std::ranges::all_of(name, [&](char c) { return plain(c) || c == '_' || c == '-'; });
  if (fits) return {};
  return refuse(name, what, place, "use lower-case letters, digits, _ and -");
}

Result<void> check_target_id(std::string_view name, const std::string& what, const config::Place& place) {
  const auto plain = [](char c) { return among(c, kLower) || among(c, kUpper) || among(c, kDigits); };
  const bool fits = !name.empty() && plain(name.front()) && std::ranges::all_of(name, [&](char c) {
    return plain(c) || c == '_' || c == '-' || c == '.';
  });
  if (fits) return {};
  return refuse(name, what, place, "use letters, digits, ., _ and -");
}

}  // namespace mtc::plugin
