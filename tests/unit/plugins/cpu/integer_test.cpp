// SPDX-License-Identifier: Apache-2.0
//
// Every integer tensor that the generated C makes equals the scalar reference of the scheme, on the code of
// both target documents.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"
#include "tests/unit/plugins/cpu/scheme_reference.hpp"

namespace mtc::cpu::test {
namespace {

/// NHWC → NCHW of a tensor of this ONNX shape.
std::vector<float> in_onnx_order(const Traced& traced, const Shape& shape) {
  if (!traced.nhwc) return traced.values;
  std::vector<float> values(traced.values.size());
  const auto channels = static_cast<std::size_t>(shape[1]);
  const auto plane = static_cast<std::size_t>(shape[2] * shape[3]);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i % channels * plane + i / channels] = traced.values[i];
  return values;
}

struct Case {
  std::string name;
  Shape input;
  std::function<void(ModelBuilder&)> build;  ///< From "x" to "y".
  std::size_t integer_tensors = 0;           ///< How many uint8 tensors there are to compare.
};

void PrintTo(const Case& value, std::ostream* stream) { *stream << value.name; }

class IntegerTest : public testing::TestWithParam<Case> {
 protected:
  void check(bool avx2) {
    ModelBuilder builder;
    builder.input("x", GetParam().input);
    builder.output("y");
    GetParam().build(builder);
    const mtc::test::TempDir dir;
    builder.save((dir / "model.onnx").string());
    auto how = options(avx2);
    how.flags.emplace_back("-DMTC_TRACE");
    const auto report = compile_model((dir / "model.onnx").string(), dir.path().string(), how, run_tool);
    ASSERT_TRUE(report) << report.error().message << " " << report.error().where;
    std::size_t elements = 1;
    for (const auto extent : GetParam().input) elements *= static_cast<std::size_t>(extent);
    for (const unsigned seed : {1U, 2U}) {
      const std::vector<std::vector<float>> inputs = {random_values(elements, seed)};
      const auto run = run_artifact(dir.path().string(), inputs);
      ASSERT_TRUE(run) << run.error().message;
      compare(*run, evaluate(builder.model(), inputs));
    }
  }

  static void compare(const Inference& run, const std::map<std::string, Reference>& expected) {
    std::size_t compared = 0;
    for (const auto& [name, traced] : run.layers) {
      if (traced.bits != 8) continue;
      ASSERT_TRUE(expected.contains(name)) << name;
      const auto& reference = expected.at(name);
      EXPECT_EQ(in_onnx_order(traced, reference.shape), reference.real) << name;
      ++compared;
    }
    EXPECT_EQ(compared, GetParam().integer_tensors);
    EXPECT_EQ(run.outputs[0], expected.at("y").real);
  }
};

TEST_P(IntegerTest, PortableCodeEqualsTheScalarReference) { check(false); }

TEST_P(IntegerTest, Avx2CodeEqualsTheScalarReference) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  check(true);
}

struct ConvCase {
  std::int64_t in = 3, out = 8, group = 1, kernel_h = 3, kernel_w = 3;
  Shape strides = {1, 1}, pads = {1, 1, 1, 1}, dilations = {1, 1};
  std::string activation = "";
  float out_scale = 0.02F;
  int out_zero = 128;
};

/// x → Q → Conv (→ activation) → Q → y.
std::function<void(ModelBuilder&)> conv(const ConvCase& c) {
  return [c](ModelBuilder& b) {
    const auto x = b.quantize("x", 0.0079F, 117);
    const auto w = b.weight("w", {c.out, c.in / c.group, c.kernel_h, c.kernel_w}, 0, 0.004F);
    const auto bias = b.bias("b", c.out, 0.0079F, 3000);
    auto& node = b.node("Conv", {x, w, bias}, "c");
    ModelBuilder::set(node, "group", c.group);
    ModelBuilder::set(node, "strides", c.strides);
    ModelBuilder::set(node, "pads", c.pads);
    ModelBuilder::set(node, "dilations", c.dilations);
    std::string last = "c";
    if (c.activation == "Relu") b.node("Relu", {"c"}, last = "r");
    if (c.activation == "Clip") {
      const auto low = b.constant<float>("low", {}, {0.0F});
      const auto high = b.constant<float>("high", {}, {0.6F});
      b.node("Clip", {"c", low, high}, last = "r");
    }
    b.node("Relu", {b.quantize(last, c.out_scale, c.out_zero)}, "y");
  };
}

/// The output is the float result of an operator: int8 in, float out.
void conv_to_float(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0079F, 130);
  const auto w = b.weight("w", {5, 3, 3, 3}, 0, 0.004F);
  b.node("Conv", {x, w, b.bias("b", 5, 0.0079F, 900)}, "c");
  b.node("Relu", {"c"}, "y");
}

void depthwise_to_float(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0079F, 130);
  const auto w = b.weight("w", {6, 1, 3, 3}, 0, 0.004F);
  ModelBuilder::set(b.node("Conv", {x, w}, "y"), "group", std::int64_t{6});
}

void gemm(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0079F, 100);
  const auto w = b.weight("w", {19, 37}, 0, 0.002F);
  ModelBuilder::set(b.node("Gemm", {x, w, b.bias("b", 19, 0.0079F, 2000)}, "g"), "transB", std::int64_t{1});
  b.node("Relu", {b.quantize("g", 0.01F, 90)}, "y");
}

void matmul_rows(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0079F, 100);
  b.node("MatMul", {x, b.weight("w", {12, 21}, 1, 0.002F)}, "m");
  b.node("Relu", {b.quantize("m", 0.01F, 90)}, "y");
}

/// Two branches, Add with Relu, pools and Concat in between.
void residual(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0079F, 128);
  const auto w1 = b.weight("w1", {18, 4, 3, 3}, 0, 0.003F);
  ModelBuilder::set(b.node("Conv", {x, w1, b.bias("b1", 18, 0.0079F, 500)}, "c1"), "pads", Shape{1, 1, 1, 1});
  b.node("Relu", {"c1"}, "r1");
  const auto r1 = b.quantize("r1", 0.004F, 3);
  const auto w2 = b.weight("w2", {18, 18, 1, 1}, 0, 0.003F);
  b.node("Conv", {r1, w2, b.bias("b2", 18, 0.004F, 500)}, "c2");
  const auto c2 = b.quantize("c2", 0.011F, 140);
  b.node("Add", {r1, c2}, "s");
  b.node("Relu", {"s"}, "rs");
  const auto rs = b.quantize("rs", 0.0123F, 7);
  auto& pool = b.node("MaxPool", {rs}, "p");
  ModelBuilder::set(pool, "kernel_shape", Shape{3, 3});
  ModelBuilder::set(pool, "strides", Shape{2, 2});
  ModelBuilder::set(pool, "pads", Shape{1, 1, 1, 1});
  const auto p = b.quantize("p", 0.0123F, 7);
  b.node("Concat", {p, p}, "cat");
  ModelBuilder::set(*b.model().mutable_graph()->mutable_node(b.model().graph().node_size() - 1), "axis",
                    std::int64_t{1});
  const auto cat = b.quantize("cat", 0.0123F, 7);
  b.node("GlobalAveragePool", {cat}, "gap");
  const auto gap = b.quantize("gap", 0.009F, 11);
  b.node("Flatten", {gap}, "flat");
  const auto flat = b.quantize("flat", 0.009F, 11);
  const auto w3 = b.weight("w3", {10, 36}, 0, 0.002F);
  ModelBuilder::set(b.node("Gemm", {flat, w3, b.bias("b3", 10, 0.009F, 800)}, "y"), "transB",
                    std::int64_t{1});
}

std::function<void(ModelBuilder&)> average(bool count_padding) {
  return [count_padding](ModelBuilder& b) {
    auto& pool = b.node("AveragePool", {b.quantize("x", 0.0079F, 117)}, "a");
    ModelBuilder::set(pool, "kernel_shape", Shape{3, 2});
    ModelBuilder::set(pool, "strides", Shape{2, 1});
    ModelBuilder::set(pool, "pads", Shape{1, 1, 1, 0});
    ModelBuilder::set(pool, "count_include_pad", std::int64_t{count_padding ? 1 : 0});
    b.node("Relu", {b.quantize("a", 0.004F, 60)}, "y");
  };
}

/// Powers of two as scales: many sums lie exactly between two codes.
void add_with_ties(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0078125F, 128);
  b.node("Add", {x, x}, "s");
  b.node("Relu", {b.quantize("s", 0.03125F, 120)}, "y");
}

void conv_with_ties(ModelBuilder& b) {
  const auto x = b.quantize("x", 0.0078125F, 128);
  std::vector<std::int8_t> weights = {1, -3, 5, 127, -127, 2, 64, 33, -1, 7};
  ModelBuilder::set(b.node("DequantizeLinear",
                           {b.constant<std::int8_t>("w.w", {5, 2, 1, 1}, weights),
                            b.constant<float>("w.s", {}, {0.5F}), b.constant<std::int8_t>("w.z", {}, {0})},
                           "w"),
                    "axis", std::int64_t{0});
  b.node("Conv", {x, "w"}, "c");
  b.node("Relu", {b.quantize("c", 0.0078125F, 128)}, "y");
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, IntegerTest,
    testing::Values(
        Case{"conv_3x3", {1, 3, 9, 10}, conv({}), 2},
        Case{"conv_relu", {1, 3, 9, 10}, conv({.activation = "Relu"}), 2},
        Case{"conv_clip", {1, 3, 9, 10}, conv({.activation = "Clip", .out_scale = 0.004F, .out_zero = 9}), 2},
        Case{"conv_stride_and_one_sided_pads",
             {1, 16, 9, 11},
             conv({.in = 16, .out = 33, .strides = {2, 3}, .pads = {0, 0, 1, 2}}),
             2},
        Case{"conv_dilated",
             {1, 5, 11, 9},
             conv({.in = 5, .out = 17, .pads = {2, 3, 2, 3}, .dilations = {2, 3}}),
             2},
        Case{"conv_1x1",
             {1, 7, 5, 5},
             conv({.in = 7, .out = 16, .kernel_h = 1, .kernel_w = 1, .pads = {0, 0, 0, 0}}),
             2},
        Case{
            "conv_one_channel_tall_kernel",
            {1, 1, 21, 9},
            conv(
                {.in = 1, .out = 20, .kernel_h = 10, .kernel_w = 4, .strides = {2, 2}, .pads = {4, 1, 5, 1}}),
            2},
        Case{"conv_grouped", {1, 6, 8, 7}, conv({.in = 6, .out = 34, .group = 2}), 2},
        Case{"conv_grouped_one_in_two_out",
             {1, 4, 8, 7},
             conv({.in = 4, .out = 8, .group = 4, .dilations = {1, 2}}),
             2},
        Case{"depthwise", {1, 24, 9, 8}, conv({.in = 24, .out = 24, .group = 24}), 2},
        Case{"depthwise_stride_5x2",
             {1, 7, 11, 12},
             conv({.in = 7,
                   .out = 7,
                   .group = 7,
                   .kernel_h = 5,
                   .kernel_w = 2,
                   .strides = {2, 2},
                   .pads = {2, 0, 2, 1}}),
             2},
        Case{"conv_saturating", {1, 3, 9, 10}, conv({.out_scale = 0.0005F, .out_zero = 30}), 2},
        Case{"conv_to_float", {1, 3, 9, 10}, conv_to_float, 1},
        Case{"depthwise_to_float", {1, 6, 5, 5}, depthwise_to_float, 1}, Case{"gemm", {1, 37}, gemm, 2},
        Case{"matmul_rows", {1, 9, 12}, matmul_rows, 2}, Case{"average", {1, 20, 9, 8}, average(false), 2},
        Case{"average_counting_padding", {1, 70, 9, 8}, average(true), 2},
        Case{"add_with_ties", {1, 3, 8, 8}, add_with_ties, 2},
        Case{"conv_with_ties", {1, 2, 16, 16}, conv_with_ties, 2},
        Case{"residual", {1, 4, 12, 10}, residual, 7}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace mtc::cpu::test
