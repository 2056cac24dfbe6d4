// SPDX-License-Identifier: Apache-2.0
//
// Damaged files: whatever stands in a file, reading it gives a value or an error with its place, and never
// crashes.
#include <algorithm>
#include <cstdint>
#include <random>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"
#include "tests/unit/core/config/valid_pipeline.hpp"

namespace mtc::config {
namespace {

/// One to four edits: a byte changed, a piece removed, doubled or moved, TOML's own marks inserted.
std::string mutated(std::string text, std::mt19937_64& random) {
  const auto below = [&](std::size_t limit) {
    return static_cast<std::size_t>(random() % std::max<std::size_t>(limit, 1));
  };
  static const std::string marks = "[]{}=\"'.,#\n\\ 0tn-$\xff\x00";
  for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
    const std::size_t at = below(text.size());
    const std::size_t length = 1 + below(20);
    switch (below(5)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(random() & 0xFFU);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      case 3:
        text.insert(at, 1, marks[below(marks.size())]);
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

TEST(MutationTest, GivesAValueOrAnErrorWithItsPlace) {
  std::mt19937_64 random(20'240'607);
  const std::regex place(R"(p\.toml:[1-9][0-9]*:[1-9][0-9]*)");
  int values = 0;
  int errors = 0;
  for (int round = 0; round < 2'000; ++round) {
    const std::string text = mutated(kValidPipeline, random);
    const auto file = parse_pipeline(text, "p.toml", "/d", {{}, round % 2 == 0 ? "" : "quick"});
    if (file) {
      ++values;
      EXPECT_FALSE(file->stages.empty());
      continue;
    }
    ++errors;
    EXPECT_TRUE(std::regex_match(file.error().where, place)) << file.error().where << "\n" << text;
    EXPECT_FALSE(file.error().message.empty());
    EXPECT_FALSE(file.error().hint.empty()) << file.error().message;
  }
  EXPECT_GT(values, 50);
  EXPECT_GT(errors, 500);
}

}  // namespace
}  // namespace mtc::config
