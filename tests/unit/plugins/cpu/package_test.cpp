// SPDX-License-Identifier: Apache-2.0
//
// What is deployed: the C files stand alone, and errors say what is not supported.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/model.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"

namespace mtc::cpu::test {
namespace {

using testing::HasSubstr;

/// A model with integer and float layers, two outputs, and a name that is not C.
void build(ModelBuilder& b) {
  b.input("x", {1, 3, 12, 12});
  b.output("y");
  b.output("prob\"abilities*/\\");
  const auto x = b.quantize("x", 0.0079F, 128);
  const auto w = b.weight("w", {8, 3, 3, 3}, 0, 0.004F);
  b.node("Conv", {x, w, b.bias("b", 8, 0.0079F, 300)}, "c");
  b.node("Relu", {"c"}, "r");
  const auto r = b.quantize("r", 0.01F, 0);
  b.node("GlobalAveragePool", {r}, "g");
  b.node("Flatten", {"g"}, "y");
  b.node("Softmax", {"y"}, "prob\"abilities*/\\");
}

class PackageTest : public testing::Test {
 protected:
  Result<CompileReport> compile(ModelBuilder& builder) {
    builder.save((dir_ / "in.onnx").string());
    std::filesystem::create_directories(dir_ / "artifact");
    return compile_model((dir_ / "in.onnx").string(), (dir_ / "artifact").string(), options(false), run_tool);
  }
  /// Copies the C files alone to an empty folder.
  std::string package() {
    const auto to = dir_ / "package";
    std::filesystem::create_directories(to);
    for (const char* file : {"model.c", "model.h", "main.c"})
      std::filesystem::copy(dir_ / "artifact" / file, to / file);
    return to.string();
  }

  mtc::test::TempDir dir_;
};

TEST_F(PackageTest, CompilesAloneWithWarningsAsErrorsAndPrintsWhatIsExpected) {
  ModelBuilder builder;
  build(builder);
  const auto report = compile(builder);
  ASSERT_TRUE(report) << report.error().message;
  const auto folder = package();
  const auto expected = mtc::test::read_file(dir_ / "artifact" / "expected.txt");
  std::vector<std::string> ways = {"-O0", "-O3"};
  if (has_avx2()) ways.emplace_back("-march=x86-64-v3");
  for (const auto& extra : ways) {
    const auto built =
        run_tool({"cc", "-std=c11", "-Wall", "-Werror", extra, "model.c", "main.c", "-o", "main"}, folder);
    ASSERT_TRUE(built);
    ASSERT_EQ(built->exit_code, 0) << built->output;
    const auto run = run_tool({"./main"}, folder);
    ASSERT_TRUE(run);
    EXPECT_EQ(run->exit_code, 0);
    EXPECT_EQ(run->output, expected);
  }
  EXPECT_THAT(mtc::test::read_file(dir_ / "artifact" / "README.md"), HasSubstr(expected));
}

TEST_F(PackageTest, CompilesWithoutWarningsUnderStrictFlags) {
  ModelBuilder builder;
  build(builder);
  ASSERT_TRUE(compile(builder));
  const auto built = run_tool(
      {"cc", "-std=c11", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-O2", "-c", "model.c"},
      package());
  ASSERT_TRUE(built);
  EXPECT_EQ(built->exit_code, 0) << built->output;
}

TEST_F(PackageTest, NeedsTwoFunctionsOfLibcAndNeverAllocates) {
  ModelBuilder builder;
  build(builder);
  ASSERT_TRUE(compile(builder));
  const auto folder = package();
  ASSERT_EQ(run_tool({"cc", "-std=c11", "-O3", "-c", "model.c"}, folder)->exit_code, 0);
  const auto undefined = run_tool({"nm", "-u", "model.o"}, folder);
  ASSERT_TRUE(undefined);
  std::istringstream lines(undefined->output);
  std::string mark, name;
  while (lines >> mark >> name) {
    EXPECT_THAT(name, testing::AnyOf("memset", "memcpy", "_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"));
  }
}

TEST_F(PackageTest, ReportsWorkingMemoryAndLayers) {
  ModelBuilder builder;
  build(builder);
  const auto report = compile(builder);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->arena_bytes % 64, 0U);
  EXPECT_GT(report->arena_bytes, 12U * 12U * 8U);
  EXPECT_GE(report->integer_layers, 2U);
}

TEST_F(PackageTest, NamesTheOperatorAndTheNodeThatItDoesNotSupport) {
  ModelBuilder builder;
  builder.input("x", {1, 4});
  builder.output("y");
  builder.node("Erf", {"x"}, "y");
  const auto report = compile(builder);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::unimplemented);
  EXPECT_THAT(report.error().message, HasSubstr("operator Erf"));
  EXPECT_THAT(report.error().where, HasSubstr("Erf_y"));
}

TEST_F(PackageTest, NamesTheNodeWhoseAttributeItDoesNotSupport) {
  ModelBuilder builder;
  builder.input("x", {1, 1, 4, 4});
  builder.output("y");
  const auto pads = builder.constant<std::int64_t>("pads", {8}, {0, 0, 1, 1, 0, 0, 1, 1});
  ModelBuilder::set(builder.node("Pad", {"x", pads}, "y"), "mode", std::string("reflect"));
  const auto report = compile(builder);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::unimplemented);
  EXPECT_THAT(report.error().where, HasSubstr("Pad_y"));
}

TEST_F(PackageTest, RefusesAnotherSchemeNamingBoth) {
  ModelBuilder builder;
  build(builder);
  model::set_metadata(builder.model(), "mtc.quant.scheme", "qdq.s4s4/9");
  const auto report = compile(builder);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::invalid_argument);
  EXPECT_THAT(report.error().message, HasSubstr("qdq.s4s4/9"));
  EXPECT_THAT(report.error().message, HasSubstr(kScheme));
}

TEST_F(PackageTest, RefusesABiasAtAnotherScaleThanTheProduct) {
  ModelBuilder b;
  b.input("x", {1, 3, 4, 4});
  b.output("y");
  const auto x = b.quantize("x", 0.0079F, 128);
  const auto w = b.weight("w", {8, 3, 1, 1}, 0, 0.004F);
  b.node("Conv", {x, w, b.bias("b", 8, 0.008F, 300)}, "y");
  const auto report = compile(b);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::invalid_argument);
  EXPECT_THAT(report.error().where, HasSubstr("Conv_y"));
}

TEST_F(PackageTest, SaysWhatTheCompilerSaid) {
  ModelBuilder builder;
  build(builder);
  builder.save((dir_ / "in.onnx").string());
  auto how = options(false);
  how.flags.emplace_back("-fno-such-flag");
  const auto report = compile_model((dir_ / "in.onnx").string(), dir_.path().string(), how, run_tool);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::failed_precondition);
  EXPECT_THAT(report.error().message, HasSubstr("fno-such-flag"));
}

}  // namespace
}  // namespace mtc::cpu::test
