// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/command_words.hpp"

#include <algorithm>

namespace mtc::cli {
namespace {

bool takes_word(const std::string& flag) { return flag == "--plugin" || flag == "--store"; }

bool is_global(const std::string& word) {
  return word == "--json" || takes_word(word) || word.starts_with("--plugin=") ||
         word.starts_with("--store=");
}

/// How many words of `arguments` are global flags in front, with their values.
std::size_t leading_globals(const std::vector<std::string>& arguments) {
  std::size_t count = 0;
  while (count < arguments.size() && is_global(arguments[count])) {
    const std::size_t width = takes_word(arguments[count]) ? 2 : 1;
    if (count + width > arguments.size()) break;  // A value is missing: the parser says so.
    count += width;
  }
  return count;
}

void collect_plugins(const std::vector<std::string>& words, std::vector<std::string>& plugins) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (words[i].starts_with("--plugin=")) plugins.push_back(words[i].substr(9));
    if (words[i] == "--plugin" && i + 1 < words.size()) plugins.push_back(words[i + 1]);
  }
}

}  // namespace

std::vector<std::string> CommandWords::parsed() const {
  std::vector<std::string> words;
  if (!command.empty()) words.push_back(command);
  const auto end = std::ranges::find(rest, "--");
  words.insert(words.end(), rest.begin(), end);
  words.insert(words.end(), globals.begin(), globals.end());
  words.insert(words.end(), end, rest.end());
  return words;
}

std::vector<std::string> CommandWords::plugins() const {
  std::vector<std::string> found;
  collect_plugins(globals, found);
  collect_plugins(rest, found);
  return found;
}

CommandWords command_words(const std::vector<std::string>& arguments) {
  CommandWords words;
  const auto begin = arguments.begin() + static_cast<std::ptrdiff_t>(leading_globals(arguments));
  words.globals.assign(arguments.begin(), begin);
  words.rest.assign(begin, arguments.end());
  const bool help = !words.rest.empty() && words.rest.front() == "help";
  if (help) {
    words.rest.erase(words.rest.begin());
    words.rest.emplace_back("--help");
  }
  if (words.rest.empty() || words.rest.front().starts_with("-")) return words;
  words.command = words.rest.front();
  words.rest.erase(words.rest.begin());
  return words;
}

}  // namespace mtc::cli
