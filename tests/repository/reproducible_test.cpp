// SPDX-License-Identifier: Apache-2.0
//
// A plugin has the same bytes in whatever folder it is built: its digest is part of every key.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProject = R"(cmake_minimum_required(VERSION 3.25)
project(mtc VERSION 0.1.0 LANGUAGES C CXX)
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_SOURCE_DIR}/scripts/cmake" "${CMAKE_CURRENT_SOURCE_DIR}/sdk/cmake")
include(MtcSettings)
include(MtcTargets)
include(MtcPlugin)
add_subdirectory(sdk)
add_subdirectory(plugins/onnxruntime)
)";

/// Copies what a plugin without heavy dependencies needs into `tree`.
void copy_sources(const fs::path& tree) {
  const fs::path root = MTC_SOURCE_DIR;
  for (const char* folder : {"sdk", "scripts/cmake", "plugins/onnxruntime"}) {
    fs::create_directories((tree / folder).parent_path());
    fs::copy(root / folder, tree / folder, fs::copy_options::recursive);
  }
}

/// Builds the plugin of `tree` in `build` and gives its bytes. The compiler runs for real: ccache may not
/// answer.
std::string build_plugin(const fs::path& tree, const fs::path& build) {
  const std::string log = build.string() + ".log";
  const std::string command =
      "(env CCACHE_DISABLE=1 '" MTC_CMAKE "' -S '" + tree.string() + "' -B '" + build.string() +
      "' -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER='" MTC_CC "' -DCMAKE_CXX_COMPILER='" MTC_CXX
      "' && env CCACHE_DISABLE=1 '" MTC_CMAKE "' --build '" +
      build.string() + "' --target onnxruntime) </dev/null >'" + log + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(log);  // NOLINT: the command holds no foreign text
  return read_file(build / "lib/mtc/plugins/onnxruntime.so");
}

TEST(ReproducibleBuild, a_plugin_has_the_same_bytes_in_any_folder) {
  const TempDir dir;
  const fs::path here = dir / "a";
  const fs::path there = dir / "another/folder/with a longer name";
  copy_sources(here);
  copy_sources(there);
  dir.write("a/CMakeLists.txt", kProject);
  dir.write("another/folder/with a longer name/CMakeLists.txt", kProject);
  const auto inside = build_plugin(here, here / "build");
  const auto outside = build_plugin(there, dir / "elsewhere");
  ASSERT_FALSE(inside.empty());
  EXPECT_TRUE(inside == outside) << inside.size() << " and " << outside.size() << " bytes";
  EXPECT_EQ(inside.find(dir.path().string()), std::string::npos)
      << "the plugin holds the path of its sources";
}

}  // namespace
}  // namespace mtc::test
