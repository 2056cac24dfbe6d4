// SPDX-License-Identifier: Apache-2.0
//
// What target cpu cannot do right it refuses, naming the node: nothing of it may become code.
#include <functional>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/cpu/lower/lower.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"

namespace mtc::cpu::test {
namespace {

struct Refusal {
  std::string name;
  Shape input;
  std::function<void(ModelBuilder&)> build;  ///< From "x" to "y".
  std::string says;
};
void PrintTo(const Refusal& value, std::ostream* stream) { *stream << value.name; }

class RefusalTest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, NamesTheNode) {
  ModelBuilder builder;
  builder.input("x", GetParam().input);
  builder.output("y");
  GetParam().build(builder);
  const mtc::test::TempDir dir;
  builder.save((dir / "model.onnx").string());
  const auto report =
      compile_model((dir / "model.onnx").string(), dir.path().string(), options(false), run_tool);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, testing::HasSubstr(GetParam().says));
  EXPECT_THAT(report.error().message + report.error().where, testing::ContainsRegex("_[yc]'|'[yc]'"));
}

using Build = std::function<void(ModelBuilder&)>;

/// Square weights, so that a column of C could be taken for a row.
Build gemm_with(const Shape& c) {
  return [c](ModelBuilder& b) {
    b.node("Reshape", {"x", b.constant<std::int64_t>("shape", {2}, {4, 4})}, "rows");
    b.node("Gemm", {"rows", b.random("w", {4, 4}), b.random("c", c)}, "y");
  };
}

Build conv_with(const std::string& attribute, const Shape& values) {
  return [=](ModelBuilder& b) {
    ModelBuilder::set(b.node("Conv", {"x", b.random("w", {1, 1, 3, 3})}, "y"), attribute, values);
  };
}

/// ONNX's inference counts a last window that lies in the padding alone; runtimes drop it.
void pool_in_padding(ModelBuilder& b) {
  auto& node = b.node("AveragePool", {"x"}, "y");
  ModelBuilder::set(node, "kernel_shape", Shape{2, 2});
  ModelBuilder::set(node, "strides", Shape{2, 2});
  ModelBuilder::set(node, "pads", Shape{1, 1, 1, 1});
  ModelBuilder::set(node, "ceil_mode", std::int64_t{1});
}

/// Three bias values for two channels.
void long_bias(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.5F, 0);
  const auto w = b.weight("w", {2, 1, 1, 1}, 0, 0.25F);
  b.node("DequantizeLinear",
         {b.constant<std::int32_t>("b.q", {3}, {1, 2, 3}), b.constant<float>("b.s", {}, {0.125F})}, "b");
  b.node("Conv", {x, w, "b"}, "c");
  b.node("Identity", {b.quantize("c", 0.5F, 0)}, "y");
}

INSTANTIATE_TEST_SUITE_P(
    Models, RefusalTest,
    testing::Values(Refusal{"gemm_column", {1, 16}, gemm_with({4, 1}), "differs from row to row"},
                    Refusal{"gemm_matrix", {1, 16}, gemm_with({4, 4}), "differs from row to row"},
                    Refusal{"dilation", {1, 1, 5, 5}, conv_with("dilations", {-1, -1}), "must be 1 or more"},
                    Refusal{
                        "stride", {1, 1, 5, 5}, conv_with("strides", {0, 1}), "strides must be 1 or more"},
                    Refusal{"window_in_padding", {1, 1, 5, 5}, pool_in_padding, "do not agree"},
                    Refusal{"long_bias", {1, 1, 3, 3}, long_bias, "one element for each output channel"}),
    [](const auto& test) { return test.param.name; });

/// The names in `supported = [ … ]` of a target document.
std::vector<std::string> operators_of(const std::string& path) {
  const std::string text = mtc::test::read_file(path);
  const auto from = text.find("supported = [");
  const std::string list = text.substr(from, text.find(']', from) - from);
  std::vector<std::string> names;
  const std::regex quoted("\"([A-Za-z]+)\"");
  for (std::sregex_iterator at(list.begin(), list.end(), quoted), end; at != end; ++at)
    names.push_back((*at)[1]);
  return names;
}

TEST(SupportedOperators, AreThoseOfTheTargetDocuments) {
  auto known = supported_operators();
  known.emplace_back("BatchNormalization");  // Folded or split before.
  known.emplace_back("Constant");
  for (const char* name : {"cpu.portable", "cpu.x86-64-v3"}) {
    EXPECT_THAT(operators_of(std::string(MTC_SOURCE_DIR "/plugins/cpu/") + name + ".target.toml"),
                testing::UnorderedElementsAreArray(known))
        << name;
  }
}

}  // namespace
}  // namespace mtc::cpu::test
