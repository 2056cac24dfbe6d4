// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/work.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {

namespace fs = std::filesystem;

std::string pieces_pipeline(std::uint64_t seed, int pieces, int pace_us) {
  std::string text = "mtc = 1\n";
  const auto stage = [&](const char* name, const std::string& from, std::uint64_t own) {
    text += fmt::format("[stage.{}]\nuses = \"convert.pieces\"\n", name);
    if (!from.empty()) text += fmt::format("from = \"{}.large\"\n", from);
    text += fmt::format("with = {{ seed = {}, pieces = {}, pace_us = {} }}\n", own, pieces, pace_us);
  };
  stage("first", "", seed);
  stage("left", "first", 1);
  stage("right", "first", 2);
  stage("last", "left", 3);
  return text;
}

std::string compiling_pipeline(std::uint64_t seed) {
  std::string text = kSmallPipeline;
  const auto insert = [&](const std::string& after) {
    text.insert(text.find(after) + after.size(), fmt::format("seed = {}, ", seed));
  };
  insert("uses = \"data.generate\"\nwith = { ");
  insert("uses = \"train.init\"\nwith = { ");
  return text;
}

std::map<std::string, std::string> digests_below(const fs::path& folder) {
  std::map<std::string, std::string> digests;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto digest = digest_of_file(entry.path());
    EXPECT_TRUE(digest) << entry.path();
    if (digest) digests[entry.path().lexically_relative(folder).string()] = *digest;
  }
  return digests;
}

std::size_t filled_files_below(const fs::path& folder) {
  std::size_t count = 0;
  std::error_code error;  // What goes while this looks was not there.
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code gone;
    if (it->is_regular_file(gone) && it->file_size(gone) > 0 && !gone) ++count;
  }
  return count;
}

}  // namespace mtc::test
