// SPDX-License-Identifier: Apache-2.0
//
// Float models by generated C against ONNX Runtime: small graphs for every operator, and one real model.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/cpu/against_onnxruntime.hpp"
#include "tests/unit/plugins/cpu/compiled_model.hpp"
#include "tests/unit/plugins/cpu/model_builder.hpp"

namespace mtc::cpu::test {
namespace {

struct Graph {
  std::string name;
  Shape input;
  std::function<void(ModelBuilder&)> build;  ///< From "x" to "y".
  int opset = 13;
};
void PrintTo(const Graph& value, std::ostream* stream) { *stream << value.name; }

class FloatGraphTest : public testing::TestWithParam<Graph> {};

TEST_P(FloatGraphTest, EqualsOnnxRuntime) {
  ModelBuilder builder(GetParam().opset);
  builder.input("x", GetParam().input);
  builder.output("y");
  GetParam().build(builder);
  const mtc::test::TempDir dir;
  builder.save((dir / "model.onnx").string());
  expect_same((dir / "model.onnx").string(), false);
  if (has_avx2()) expect_same((dir / "model.onnx").string(), true);
}

using Build = std::function<void(ModelBuilder&)>;

/// x → Conv of `out` channels, which brings the tensor into the layout of images → op → y.
Build behind_conv(std::int64_t in, std::int64_t out, const Build& then) {
  return [=](ModelBuilder& b) {
    b.node("Conv", {"x", b.random("w", {out, in, 1, 1})}, "c");
    then(b);
  };
}

Build unary(const std::string& op) {
  return [op](ModelBuilder& b) { b.node(op, {"x"}, "y"); };
}

void grouped_conv(ModelBuilder& b) {
  auto& node = b.node("Conv", {"x", b.random("w", {10, 3, 3, 2}), b.random("b", {10})}, "y");
  ModelBuilder::set(node, "group", std::int64_t{2});
  ModelBuilder::set(node, "auto_pad", std::string("SAME_LOWER"));
  ModelBuilder::set(node, "strides", Shape{2, 1});
}

void depthwise(ModelBuilder& b) {
  auto& node = b.node("Conv", {"x", b.random("w", {21, 1, 3, 5}), b.random("b", {21})}, "y");
  ModelBuilder::set(node, "group", std::int64_t{21});
  ModelBuilder::set(node, "pads", Shape{1, 2, 0, 3});
  ModelBuilder::set(node, "dilations", Shape{2, 1});
}

void pool(ModelBuilder& b, const std::string& op, bool ceil_mode) {
  auto& node = b.node(op, {"c"}, "y");
  ModelBuilder::set(node, "kernel_shape", Shape{3, 3});
  ModelBuilder::set(node, "strides", Shape{2, 2});
  if (!ceil_mode) ModelBuilder::set(node, "pads", Shape{1, 0, 1, 2});
  if (ceil_mode) ModelBuilder::set(node, "ceil_mode", std::int64_t{1});
}

void broadcasts(ModelBuilder& b) {
  b.node("Add", {"c", b.random("channel", {5, 1, 1})}, "a1");
  b.node("Mul", {b.random("row", {1, 1, 6, 1}), "a1"}, "a2");
  b.node("Sub", {"a2", "c"}, "a3");
  b.node("Div", {"a3", b.constant<float>("two", {}, {2.0F})}, "a4");
  b.node("Relu", {"a4"}, "y");
}

void movements(ModelBuilder& b) {
  b.node("Slice",
         {"c", b.constant<std::int64_t>("s", {2}, {-1, 1}), b.constant<std::int64_t>("e", {2}, {-100, 6}),
          b.constant<std::int64_t>("ax", {2}, {3, 2}), b.constant<std::int64_t>("st", {2}, {-2, 1})},
         "s1");
  b.node("Pad",
         {"s1", b.constant<std::int64_t>("p", {8}, {0, 1, 0, 2, 0, 2, -1, 0}),
          b.constant<float>("v", {}, {0.5F})},
         "p1");
  ModelBuilder::set(b.node("Transpose", {"p1"}, "t1"), "perm", Shape{0, 3, 1, 2});
  b.node("Reshape", {"t1", b.constant<std::int64_t>("r", {2}, {1, -1})}, "r1");
  b.node("Flatten", {"c"}, "f1");
  ModelBuilder::set(b.node("Concat", {"r1", "f1", "r1"}, "y"), "axis", std::int64_t{1});
}

void concat_images(ModelBuilder& b) {
  b.node("Relu", {"c"}, "r");
  ModelBuilder::set(b.node("Concat", {"c", "x", "r"}, "k"), "axis", std::int64_t{1});
  ModelBuilder::set(b.node("Concat", {"k", "k"}, "y"), "axis", std::int64_t{2});
}

void gemm_scaled(ModelBuilder& b) {
  auto& node = b.node("Gemm", {"x", b.random("w", {11, 7}), b.random("b", {7})}, "y");
  ModelBuilder::set(node, "alpha", 0.5F);
  ModelBuilder::set(node, "beta", 2.0F);
}

void clip_twice(ModelBuilder& b) {
  b.node("Conv", {"x", b.random("w", {4, 3, 1, 1})}, "c");
  b.node("Clip", {"c", b.constant<float>("low", {}, {-0.5F}), b.constant<float>("high", {}, {0.25F})}, "k");
  b.node("Relu", {"k"}, "y");
}

/// Pre-activation: the normalization stands before the convolution, and nothing can take it up.
void norm_first(ModelBuilder& b) {
  auto& norm = b.node("BatchNormalization",
                      {"x", b.random("s", {3}), b.random("b", {3}), b.random("m", {3}),
                       b.constant<float>("v", {3}, {0.5F, 1.0F, 2.0F})},
                      "n");
  ModelBuilder::set(norm, "epsilon", 1e-3F);
  b.node("Relu", {"n"}, "r");
  b.node("Conv", {"r", b.random("w", {4, 3, 3, 3})}, "y");
}

/// Padding of raw codes: without a value it is code 0, which is not the real value 0.
Build pad_codes(bool with_value) {
  return [with_value](ModelBuilder& b) {
    const auto scale = b.constant<float>("scale", {}, {0.1F});
    const auto zero = b.constant<std::uint8_t>("zero", {}, {100});
    b.node("QuantizeLinear", {"x", scale, zero}, "q");
    std::vector<std::string> inputs = {"q", b.constant<std::int64_t>("p", {4}, {0, 1, 0, 2})};
    if (with_value) inputs.push_back(b.constant<std::uint8_t>("value", {}, {7}));
    b.node("Pad", inputs, "padded");
    b.node("DequantizeLinear", {"padded", scale, zero}, "y");
  };
}

/// The last windows lie in the padding behind alone, as the first do in that before.
void conv_in_padding(ModelBuilder& b) {
  ModelBuilder::set(b.node("Conv", {"x", b.random("w", {4, 3, 1, 1}), b.random("b", {4})}, "y"), "pads",
                    Shape{1, 1, 1, 1});
}

Build softmax(std::int64_t axis) {
  return [axis](ModelBuilder& b) { ModelBuilder::set(b.node("Softmax", {"c"}, "y"), "axis", axis); };
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, FloatGraphTest,
    testing::Values(
        Graph{"grouped_conv", {1, 6, 9, 8}, grouped_conv}, Graph{"depthwise", {1, 21, 11, 8}, depthwise},
        Graph{"max_pool", {1, 3, 9, 8}, behind_conv(3, 5, [](auto& b) { pool(b, "MaxPool", false); })},
        Graph{"max_pool_ceil", {1, 3, 8, 8}, behind_conv(3, 5, [](auto& b) { pool(b, "MaxPool", true); })},
        Graph{
            "average_pool", {1, 3, 9, 8}, behind_conv(3, 5, [](auto& b) { pool(b, "AveragePool", false); })},
        Graph{"global_max_pool", {1, 3, 9, 8}, unary("GlobalMaxPool")},
        Graph{"broadcasts", {1, 3, 6, 4}, behind_conv(3, 5, broadcasts)},
        Graph{"movements", {1, 3, 7, 6}, behind_conv(3, 5, movements)},
        Graph{"concat_images", {1, 3, 4, 5}, behind_conv(3, 2, concat_images)},
        Graph{"gemm_scaled", {1, 11}, gemm_scaled}, Graph{"clip_twice", {1, 3, 5, 5}, clip_twice},
        Graph{"softmax_channels", {1, 3, 4, 5}, behind_conv(3, 4, softmax(1))},
        Graph{"softmax_rows", {1, 3, 4, 5}, behind_conv(3, 4, softmax(2))},
        Graph{"softmax_before_13", {1, 3, 4, 5}, behind_conv(3, 4, softmax(1)), 11},
        Graph{"conv_in_padding", {1, 3, 6, 5}, conv_in_padding},
        Graph{"norm_first", {1, 3, 6, 5}, norm_first}, Graph{"pad_codes", {1, 9}, pad_codes(false)},
        Graph{"pad_codes_with_value", {1, 9}, pad_codes(true)}, Graph{"identity", {1, 9}, unary("Identity")},
        Graph{"sigmoid", {1, 40}, unary("Sigmoid")}, Graph{"tanh", {1, 40}, unary("Tanh")},
        Graph{"leaky_relu", {1, 40}, unary("LeakyRelu")}),
    [](const auto& test) { return test.param.name; });

TEST(FloatModel, ResNet20EqualsOnnxRuntime) {
  MTC_REQUIRE_DATA(model, "models/resnet20_cifar10.onnx");
  expect_same(model.string(), false);
  if (has_avx2()) expect_same(model.string(), true);
}

}  // namespace
}  // namespace mtc::cpu::test
