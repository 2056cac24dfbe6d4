// SPDX-License-Identifier: Apache-2.0
//
// The C template builds outside the tree against an installed SDK, and works.
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mtc/plugin.h"
#include "tests/abi/recording_host.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

using testing::HasSubstr;

/// Runs `command` with its output in `log`; fails with the log when it fails.
void shell(const std::string& command, const std::filesystem::path& log) {
  const int status = std::system((command + " >>'" + log.string() + "' 2>&1").c_str());
  ASSERT_EQ(status, 0) << command << "\n" << test::read_file(log);
}

mtc_string text(std::string_view string) { return {string.data(), string.size()}; }

/// The template, built once from an installed SDK.
class Template : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TempDir();
    const std::string at = folder_->path().string();
    const auto log = *folder_ / "log.txt";
    ASSERT_NO_FATAL_FAILURE(
        shell("cmake --install '" MTC_BUILD_DIR "' --component sdk --prefix '" + at + "/sdk'", log));
    ASSERT_NO_FATAL_FAILURE(shell("cp -r '" + at + "/sdk/share/mtc/template' '" + at + "/source'", log));
    ASSERT_NO_FATAL_FAILURE(shell("cmake -G Ninja -S '" + at + "/source' -B '" + at +
                                      "/build' -DCMAKE_PREFIX_PATH='" + at +
                                      "/sdk' -DCMAKE_C_COMPILER='" MTC_C_COMPILER
                                      "' -DCMAKE_C_FLAGS='-Wall -Wextra -Wpedantic -Wconversion -Werror'",
                                  log));
    ASSERT_NO_FATAL_FAILURE(shell("cmake --build '" + at + "/build'", log));
    const std::string library = at + "/build/lib/mtc/plugins/template.so";
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);  // Never closed, as the worker does.
    ASSERT_NE(handle, nullptr) << dlerror();
    query_ = reinterpret_cast<mtc_plugin_query_function>(dlsym(handle, MTC_PLUGIN_QUERY_SYMBOL));
    ASSERT_NE(query_, nullptr);
  }
  static void TearDownTestSuite() { delete folder_; }

  void SetUp() override { ASSERT_NE(query_, nullptr) << "the template was not built"; }

  static mtc_query_out ask(std::uint32_t abi_min, std::uint32_t abi_max, mtc_code expected) {
    mtc_query_in in{};
    in.struct_size = sizeof in;
    in.abi_min = abi_min;
    in.abi_max = abi_max;
    mtc_query_out out{};
    out.struct_size = sizeof out;
    EXPECT_EQ(query_(&in, &out), expected);
    return out;
  }

  /// Runs convert.copy in `host`.
  static mtc_code run(const test::RecordingHost& host) {
    const mtc_query_out out = ask(1, 1, MTC_OK);
    void* instance = nullptr;
    EXPECT_EQ(out.plugin->create(host.abi(), &instance), MTC_OK);
    const auto* stage = static_cast<const mtc_stage_v1*>(out.plugin->interface(text("mtc.stage/1")));
    const mtc_code code = stage->run(instance, text("convert.copy"));
    out.plugin->destroy(instance);
    return code;
  }

  test::TempDir work_;

 private:
  static test::TempDir* folder_;
  static mtc_plugin_query_function query_;
};

test::TempDir* Template::folder_ = nullptr;
mtc_plugin_query_function Template::query_ = nullptr;

TEST_F(Template, MeetsTheHostAtTheHighestCommonAbi) {
  const mtc_query_out out = ask(1, 7, MTC_OK);
  EXPECT_EQ(out.abi, 1U);
  EXPECT_NE(out.plugin, nullptr);
}

TEST_F(Template, NamesItsRangeToAHostThatItDoesNotFit) {
  const mtc_query_out out = ask(2, 7, MTC_FAILED_PRECONDITION);
  EXPECT_EQ(out.abi, 0U);
  EXPECT_EQ(out.abi_min, 1U);
  EXPECT_EQ(out.abi_max, 1U);
}

TEST_F(Template, OffersAStageAndNoTarget) {
  const mtc_query_out out = ask(1, 1, MTC_OK);
  EXPECT_NE(out.plugin->interface(text("mtc.stage/1")), nullptr);
  EXPECT_EQ(out.plugin->interface(text("mtc.target/1")), nullptr);
}

TEST_F(Template, CopiesTheFileAndReportsItsSize) {
  test::RecordingHost host;
  host.integers["max_bytes"] = 0;
  host.inputs["model"] = work_.write("in.onnx", "twelve bytes").string();
  host.outputs["model"] = (work_ / "out.onnx").string();
  ASSERT_EQ(run(host), MTC_OK) << host.message;
  EXPECT_EQ(test::read_file(work_ / "out.onnx"), "twelve bytes");
  EXPECT_EQ(host.metrics.at("bytes"), 12);
}

TEST_F(Template, ReadsItsParameter) {
  test::RecordingHost host;
  host.integers["max_bytes"] = 11;
  host.inputs["model"] = work_.write("in.onnx", "twelve bytes").string();
  host.outputs["model"] = (work_ / "out.onnx").string();
  EXPECT_EQ(run(host), MTC_INVALID_ARGUMENT);
  EXPECT_THAT(host.message, HasSubstr("max_bytes"));
  EXPECT_EQ(host.where, host.inputs["model"]);
}

TEST_F(Template, HandsOnARefusalOfTheHost) {
  test::RecordingHost host;  // Knows no parameter.
  EXPECT_EQ(run(host), MTC_INVALID_ARGUMENT);
  EXPECT_EQ(host.message, "refused");
}

TEST_F(Template, SaysThatAFileIsMissing) {
  test::RecordingHost host;
  host.integers["max_bytes"] = 0;
  host.inputs["model"] = (work_ / "none.onnx").string();
  host.outputs["model"] = (work_ / "out.onnx").string();
  EXPECT_EQ(run(host), MTC_NOT_FOUND);
  EXPECT_EQ(host.code, MTC_NOT_FOUND);
}

}  // namespace
}  // namespace mtc
