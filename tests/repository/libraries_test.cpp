// SPDX-License-Identifier: Apache-2.0
//
// Every library that a plugin computes with is declared in its manifest, so that its digest is part of the
// key.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plugin/registry.hpp"

namespace mtc::test {
namespace {

using Names = std::set<std::string>;

/// Libraries whose code makes no byte of a result: the language's runtime, which every program has; messages
/// and text.
const Names kRuntime{"libc.so",          "libm.so",   "libgcc_s.so", "libstdc++.so", "ld-linux-x86-64.so",
                     "libpthread.so",    "libdl.so",  "librt.so",    "libfmt.so",    "libprotobuf.so",
                     "libonnx_proto.so", "libc10.so", "libtorch.so"};

/// Who links a library through plugins/support and calls nothing of it.
const std::map<std::string, Names> kNotCalled{{"libonnx.so", {"init", "reference", "sparsify", "train"}}};

/// What computes inside of another library.
const std::map<std::string, Names> kInside{{"libtorch_cpu.so", {"libdnnl.so", "libblas.so"}}};

/// "libdnnl.so.2" → "libdnnl.so"
std::string without_version(const std::string& name) {
  const auto at = name.find(".so");
  return at == std::string::npos ? name : name.substr(0, at + 3);
}

std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer;
  for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;)
    output.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

/// The libraries that the plugin's file asks the loader for: lines "… (NEEDED) Shared library: [libm.so.6]".
Names linked(const std::filesystem::path& file) {
  Names names;
  std::istringstream lines(output_of("readelf --wide --dynamic '" + file.string() + "'"));
  for (std::string line; std::getline(lines, line);) {
    const auto open = line.find('[');
    if (line.find("(NEEDED)") == std::string::npos || open == std::string::npos) continue;
    names.insert(without_version(line.substr(open + 1, line.find(']') - open - 1)));
  }
  return names;
}

Names computing(const plugin::Plugin& plugin) {
  Names names;
  for (const auto& library : linked(plugin.file)) {
    const auto unused = kNotCalled.find(library);
    if (kRuntime.contains(library)) continue;
    if (unused != kNotCalled.end() && unused->second.contains(plugin.manifest.id)) continue;
    names.insert(library);
    if (const auto inside = kInside.find(library); inside != kInside.end())
      names.insert(inside->second.begin(), inside->second.end());
  }
  return names;
}

Names declared(const plugin::Plugin& plugin) {
  Names names;
  for (const auto& dependency : plugin.manifest.dependencies) {
    if (!dependency.tool) names.insert(without_version(dependency.name));
  }
  return names;
}

TEST(PluginLibraries, are_those_of_the_manifest) {
  const auto registry = plugin::Registry::scan({{MTC_BUILD_DIR "/lib/mtc/plugins"}, {}}, {});
  ASSERT_FALSE(registry.plugins().empty()) << "build the plugins first";
  for (const auto& plugin : registry.plugins()) {
    auto expected = computing(plugin);
    if (plugin.manifest.id == "onnxruntime") expected.insert("libonnxruntime.so");  // Opened at run time.
    EXPECT_EQ(declared(plugin), expected) << plugin.manifest.id;
  }
}

}  // namespace
}  // namespace mtc::test
