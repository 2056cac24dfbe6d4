// SPDX-License-Identifier: Apache-2.0
//
// Every plugin of this build exports one symbol and carries its declaration.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mtc/plugin.h"

namespace mtc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// stdout of `command`, which must succeed.
std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::array<char, 4096> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

/// Third words of the lines of `nm`: "address type name".
std::vector<std::string> exported_names(const std::filesystem::path& library) {
  std::istringstream lines(output_of("nm -D --defined-only '" + library.string() + "'"));
  std::vector<std::string> names;
  for (std::string address, type, name; lines >> address >> type >> name;) names.push_back(name);
  return names;
}

class Plugins : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& entry : std::filesystem::directory_iterator(MTC_BUILD_DIR "/lib/mtc/plugins")) {
      if (entry.path().extension() == ".so") libraries_.push_back(entry.path());
    }
    std::sort(libraries_.begin(), libraries_.end());
    ASSERT_FALSE(libraries_.empty()) << "build the plugins first";
  }

  std::vector<std::filesystem::path> libraries_;
};

TEST_F(Plugins, ExportTheQueryFunctionAndNothingElse) {
  for (const auto& library : libraries_) {
    EXPECT_THAT(exported_names(library), ElementsAre(MTC_PLUGIN_QUERY_SYMBOL)) << library;
  }
}

TEST_F(Plugins, CarryTheirManifest) {
  for (const auto& library : libraries_) {
    EXPECT_THAT(output_of("readelf --wide --sections '" + library.string() + "'"),
                HasSubstr(" .mtc.manifest "))
        << library;
    EXPECT_THAT(output_of("readelf --string-dump=.mtc.manifest '" + library.string() + "'"),
                HasSubstr("mtc = 1"))
        << library;
  }
}

TEST_F(Plugins, FindTheirLibrariesBesideThemselvesOnly) {
  for (const auto& library : libraries_) {
    const std::string dynamic = output_of("readelf --wide --dynamic '" + library.string() + "'");
    EXPECT_THAT(dynamic, testing::Not(HasSubstr(MTC_BUILD_DIR)))
        << library << " holds a path of the build tree";
  }
}

}  // namespace
}  // namespace mtc
