// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/toml_variation.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace mtc::test {
namespace {

std::string one_of(std::mt19937_64& random, const std::vector<std::string>& choices) {
  return choices[random() % choices.size()];
}

bool is_integer(const std::string& value) {
  return !value.empty() && std::ranges::all_of(value, [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_fraction(const std::string& value) { return value.starts_with("0.") && is_integer(value.substr(2)); }

/// The same value, written otherwise.
std::string rewritten(const std::string& value, std::mt19937_64& random) {
  if (is_integer(value)) {
    const auto number = std::stoll(value);
    return one_of(random, {value, "+" + value, fmt::format("0x{:X}", number), fmt::format("0b{:b}", number)});
  }
  if (is_fraction(value)) {
    const std::string digits = value.substr(2);
    return one_of(random, {value, value + "000", fmt::format("{}e-{}", digits, digits.size()),
                           fmt::format("+{}.0E-{}", digits, digits.size())});
  }
  if (value.starts_with('"')) {
    const std::string text = value.substr(1, value.size() - 2);
    return one_of(random,
                  {value, "'" + text + "'", "\"\"\"" + text + "\"\"\"",
                   fmt::format("\"\\u{:04x}{}\"", static_cast<unsigned char>(text[0]), text.substr(1))});
  }
  return value;
}

std::string space(std::mt19937_64& random) { return one_of(random, {"", " ", "\t", "   "}); }

std::string line(const std::string& key, const std::string& value, std::mt19937_64& random) {
  return space(random) + one_of(random, {key, "\"" + key + "\""}) + space(random) + "=" + space(random) +
         rewritten(value, random) + one_of(random, {"", " # why", "\t"}) +
         one_of(random, {"\n", "\n\n", "\r\n"});
}

}  // namespace

std::string plain(const Form& form) {
  std::string text = "mtc = 1\n";
  for (const auto& table : form) {
    text += "[" + table.name + "]\n";
    for (const auto& [key, value] : table.entries) text += key + " = " + value + "\n";
  }
  return text;
}

std::string varied(const Form& form, std::mt19937_64& random) {
  Form tables = form;
  std::ranges::shuffle(tables, random);
  std::string dotted;
  std::string headed;
  for (auto& table : tables) {
    std::ranges::shuffle(table.entries, random);
    // A table may be opened only once, so one with a table inside it keeps its header.
    const bool has_inner = std::ranges::any_of(
        form, [&](const Table& other) { return other.name.starts_with(table.name + "."); });
    const bool is_inner = table.name.ends_with(".with");
    if (!has_inner && !is_inner && random() % 3 == 0) {
      for (const auto& [key, value] : table.entries)
        dotted += table.name + "." + key + " = " + rewritten(value, random) + "\n";
      continue;
    }
    headed += one_of(random, {"", "\n", "# " + table.name + "\n"}) + "[" + table.name + "]\n";
    for (const auto& [key, value] : table.entries) headed += line(key, value, random);
  }
  return one_of(random, {"", "# A pipeline.\n\n"}) + "mtc = " + one_of(random, {"1", "0x1", "+1"}) + "\n" +
         dotted + headed;
}

}  // namespace mtc::test
