// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/constant_evaluation.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/transform.hpp"
#include "tests/support/data_path.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::model {
namespace {

using testing::ElementsAre;

std::vector<std::string> operators(const onnx::ModelProto& model) {
  std::vector<std::string> list;
  for (const auto& node : model.graph().node()) list.push_back(node.op_type());
  return list;
}

TEST(FoldConstants, takes_a_shape_chain_of_a_fixed_shape_away) {
  auto model = test::parse_graph(R"(g (float[2,3,4] x) => (float[2,12] y) {
    s = Shape(x)
    zero = Constant <value = int64[1] {0}> ()
    n = Gather(s, zero)
    rest = Constant <value = int64[1] {-1}> ()
    target = Concat <axis = 0> (n, rest)
    y = Reshape(x, target) })");
  const auto count = fold_constants(model);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(*count, 5);
  EXPECT_THAT(operators(model), ElementsAre("Reshape"));
  const auto* target = test::find_initializer(model, model.graph().node(0).input(1));
  ASSERT_NE(target, nullptr);
  EXPECT_THAT(*values<std::int64_t>(*target), ElementsAre(2, -1));
  EXPECT_EQ(test::checker_complaint(model), "");
}

TEST(FoldConstants, keeps_a_chain_that_depends_on_a_symbolic_batch) {
  auto model = test::parse_graph(R"(g (float[N,3,4] x) => (float[N,12] y) {
    s = Shape(x)
    zero = Constant <value = int64[1] {0}> ()
    n = Gather(s, zero)
    rest = Constant <value = int64[1] {12}> ()
    target = Concat <axis = 0> (n, rest)
    y = Reshape(x, target) })");
  ASSERT_TRUE(fold_constants(model));
  EXPECT_THAT(operators(model), ElementsAre("Shape", "Gather", "Concat", "Reshape"));
}

TEST(FoldConstants, takes_an_extent_below_one_for_unknown) {
  for (const std::int64_t unknown : {-1, 0}) {
    auto model = test::parse_graph(R"(g (float[N,3,4] x) => (int64[3] y) { y = Shape(x) })");
    auto& type = *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
    type.mutable_shape()->mutable_dim(0)->set_dim_value(unknown);
    ASSERT_TRUE(fold_constants(model));
    EXPECT_THAT(operators(model), ElementsAre("Shape")) << unknown;
    const auto shapes = infer_shapes(model);
    ASSERT_TRUE(shapes);
    EXPECT_THAT(shapes->at("x"), ElementsAre(-1, 3, 4)) << unknown;
  }
}

TEST(Evaluate, refuses_nodes_whose_result_would_not_have_as_many_elements_as_its_shape_says) {
  const std::vector<float> four{1, 2, 3, 4};
  const std::vector<std::int64_t> square{2, 2};
  const auto value = constant_value(make_tensor<float>("", square, std::span<const float>(four)));
  const std::vector<std::int64_t> negative{-2, -2};
  const std::vector<std::int64_t> pair{2};
  const auto shape =
      constant_value(make_tensor<std::int64_t>("", pair, std::span<const std::int64_t>(negative)));
  for (const auto* text :
       {"Unsqueeze <axes = [3, 3, 3]> (v)", "Unsqueeze <axes = [0, 0]> (v)", "Unsqueeze <axes = [0, -4]> (v)",
        "Transpose <perm = [0, 0]> (v)", "Transpose <perm = [0, -2]> (v)",
        "Slice <axes = [0, 0], starts = [1, 1], ends = [2, 2]> (v)", "Reshape (v, s)",
        "ConstantOfShape (s)"}) {
    const auto model =
        test::parse_graph(std::string("g (float[2,2] v, int64[2] s) => (float[r] y) { y = ") + text + " }");
    const auto& node = model.graph().node(0);
    std::vector<const ConstantValue*> inputs;
    for (const auto& name : node.input()) inputs.push_back(name == "v" ? &*value : &*shape);
    EXPECT_FALSE(evaluate(node, 9, inputs)) << text;
  }
}

TEST(Evaluate, inserts_axes_in_any_order) {
  const std::vector<float> four{1, 2, 3, 4};
  const std::vector<std::int64_t> square{2, 2};
  const auto value = constant_value(make_tensor<float>("", square, std::span<const float>(four)));
  const auto model =
      test::parse_graph("g (float[2,2] v) => (float[r] y) { y = Unsqueeze <axes = [4, 0, 2]> (v) }");
  const std::vector<const ConstantValue*> inputs{&*value};
  const auto result = evaluate(model.graph().node(0), 11, inputs);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->shape, ElementsAre(1, 2, 1, 2, 1));
}

TEST(FoldConstants, takes_identity_and_dropout_away_but_keeps_the_names_of_outputs) {
  auto model = test::parse_graph(R"(g (float[2] x) => (float[2] y, float[2] z) {
    a = Identity(x)
    b = Relu(a)
    c = Dropout(b)
    y = Identity(c)
    z = Identity(x) })");
  const auto count = fold_constants(model);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_THAT(operators(model), ElementsAre("Relu", "Identity"));
  EXPECT_EQ(model.graph().node(0).input(0), "x");
  EXPECT_EQ(model.graph().node(0).output(0), "y");
  EXPECT_EQ(test::checker_complaint(model), "");
}

TEST(FoldConstants, computes_arithmetic_slices_and_transposes) {
  auto model = test::parse_graph(R"(g (float[2] x) => (int64[4] a, int64[2,2] b, float[2] c) {
    v = Constant <value = int64[4] {5, 6, 7, 8}> ()
    starts = Constant <value = int64[1] {-1}> ()
    ends = Constant <value = int64[1] {-100}> ()
    axes = Constant <value = int64[1] {0}> ()
    steps = Constant <value = int64[1] {-1}> ()
    a = Slice(v, starts, ends, axes, steps)
    square = Constant <value = int64[2,2] {1, 2, 3, 4}> ()
    b = Transpose(square)
    f = Cast <to = 1> (starts)
    c = Mul(x, f) })");
  ASSERT_TRUE(fold_constants(model));
  EXPECT_THAT(operators(model), ElementsAre("Mul"));
  EXPECT_THAT(*values<std::int64_t>(*test::find_initializer(model, "a")), ElementsAre(8, 7, 6, 5));
  EXPECT_THAT(*values<std::int64_t>(*test::find_initializer(model, "b")), ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(*values<float>(*test::find_initializer(model, "f")), ElementsAre(-1));
}

TEST(FoldConstants, leaves_integer_division_by_zero_to_the_runtime) {
  auto model = test::parse_graph(R"(g (int64[1] x) => (int64[1] y) {
    one = Constant <value = int64[1] {1}> ()
    zero = Constant <value = int64[1] {0}> ()
    q = Div(one, zero)
    y = Add(x, q) })");
  ASSERT_TRUE(fold_constants(model));
  EXPECT_THAT(operators(model), ElementsAre("Div", "Add"));
}

TEST(FoldConstants, leaves_no_shape_node_in_a_detector_of_fixed_batch) {
  MTC_REQUIRE_DATA(path, "models/ultraface_rfb320_bn.onnx");
  auto model = load(path.string());
  ASSERT_TRUE(model);
  ASSERT_TRUE(fold_constants(*model));
  EXPECT_THAT(operators(*model), testing::Not(testing::Contains("Shape")));
  EXPECT_EQ(test::checker_complaint(*model), "");
}

TEST(RemoveUnused, drops_dead_nodes_and_lifts_the_ir_version_of_old_files) {
  auto model =
      test::parse_graph("g (float[2] x, float[2] w) => (float[2] y) { dead = Neg(x) y = Add(x, w) }");
  test::add_initializer<float>(model, "w", {2}, {1, 2});
  test::add_initializer<float>(model, "nobody", {2}, {1, 2});
  model.set_ir_version(3);
  remove_unused(model);
  EXPECT_THAT(operators(model), ElementsAre("Add"));
  EXPECT_EQ(model.graph().initializer_size(), 1);
  EXPECT_EQ(model.graph().input_size(), 1);
  EXPECT_EQ(model.ir_version(), 4);
}

}  // namespace
}  // namespace mtc::model
