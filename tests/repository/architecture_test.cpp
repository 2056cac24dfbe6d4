// SPDX-License-Identifier: Apache-2.0
//
// Every #include of the project against the arrows of docs/architecture.md, and the form of every source
// file.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/repository/include_rules.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t kMostLines = 600;

/// Source files below the root's folders, as paths from the root.
std::vector<std::string> source_files() {
  std::vector<std::string> files;
  for (const char* folder : {"sdk", "core", "cli", "plugins", "bench", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(MTC_SOURCE_DIR) / folder)) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file()) continue;
      if (extension != ".cpp" && extension != ".hpp" && extension != ".h" && extension != ".c") continue;
      files.push_back(entry.path().lexically_relative(MTC_SOURCE_DIR).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Architecture, every_include_follows_the_arrows) {
  std::size_t includes = 0;
  for (const auto& file : source_files()) {
    for (const auto& include : includes_of(read_file(fs::path(MTC_SOURCE_DIR) / file))) {
      ++includes;
      const auto reason = violation(file, include);
      EXPECT_TRUE(reason.empty()) << file << ":" << include.line << ": " << include.header << ": " << reason;
    }
  }
  EXPECT_GT(includes, 100U) << "the sources were not found";
}

TEST(Architecture, every_source_file_names_its_licence_and_stays_short) {
  for (const auto& file : source_files()) {
    const auto text = read_file(fs::path(MTC_SOURCE_DIR) / file);
    EXPECT_NE(text.substr(0, text.find('\n')).find("SPDX-License-Identifier: Apache-2.0"), std::string::npos)
        << file;
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kMostLines) << file;
  }
}

// The checker itself: what it must let pass, and what not.

TEST(IncludeRules, find_includes_in_all_spellings) {
  const auto found =
      includes_of("#include <vector>\n// #include \"no.hpp\"\n  #  include \"core/base/json.hpp\"\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].header, "vector");
  EXPECT_FALSE(found[0].quoted);
  EXPECT_EQ(found[1].header, "core/base/json.hpp");
  EXPECT_EQ(found[1].line, 3);
}

TEST(IncludeRules, do_not_look_into_raw_strings) {
  const auto found =
      includes_of("const char* code = R\"c(\n#include \"model.h\"\n)c\";\n#include <vector>\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].header, "vector");
  EXPECT_EQ(found[0].line, 4);
}

TEST(IncludeRules, allow_arrows_that_point_down) {
  EXPECT_EQ(violation("core/run/runner.cpp", {"core/store/store.hpp", true, 1}), "");
  EXPECT_EQ(violation("core/base/file.cpp", {"mtc/result.hpp", true, 1}), "");
  EXPECT_EQ(violation("plugins/train/sgd.cpp", {"plugins/support/autograd/executor.hpp", true, 1}), "");
  EXPECT_EQ(violation("plugins/cpu/lower/ir.cpp", {"plugins/cpu/kernels/kernel.hpp", true, 1}), "");
  EXPECT_EQ(violation("core/base/file.cpp", {"sys/stat.h", false, 1}), "");
}

TEST(IncludeRules, refuse_arrows_that_point_up_or_across) {
  EXPECT_NE(violation("core/base/file.cpp", {"core/store/store.hpp", true, 1}), "");
  EXPECT_NE(violation("core/store/store.cpp", {"core/config/toml.hpp", true, 1}), "");
  EXPECT_NE(violation("core/run/runner.cpp", {"core/host/host.hpp", true, 1}), "");
  EXPECT_NE(violation("cli/mtc/main.cpp", {"core/data/dataset.hpp", true, 1}), "");
  EXPECT_NE(violation("plugins/train/sgd.cpp", {"core/base/json.hpp", true, 1}), "");
  EXPECT_NE(violation("plugins/train/sgd.cpp", {"plugins/quantize/scheme.hpp", true, 1}), "");
  EXPECT_NE(violation("plugins/support/onnx/model.cpp", {"plugins/support/autograd/executor.hpp", true, 1}),
            "");
  EXPECT_NE(violation("sdk/include/mtc/npy.hpp", {"core/base/json.hpp", true, 1}), "");
  EXPECT_NE(violation("core/run/runner.cpp", {"tests/support/temp_dir.hpp", true, 1}), "");
}

TEST(IncludeRules, refuse_libraries_out_of_their_place) {
  EXPECT_NE(violation("core/run/runner.cpp", {"CLI/CLI.hpp", false, 1}), "");
  EXPECT_NE(violation("core/base/json.hpp", {"onnx/onnx_pb.h", false, 1}), "");
  EXPECT_NE(violation("plugins/support/autograd/executor.hpp", {"torch/torch.h", false, 1}), "");
  EXPECT_NE(violation("core/base/file.cpp", {"boost/any.hpp", false, 1}), "");
  EXPECT_NE(violation("core/base/file.cpp", {"file.hpp", true, 1}), "");
}

}  // namespace
}  // namespace mtc::test
