// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/transform.hpp"
#include "tests/support/data_path.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kPool =
    "g (float[N,3,8,8] x) => (float[N,3,4,4] y) { y = MaxPool <kernel_shape = [2,2], strides = [2,2]> (x) }";

TEST(InferShapes, marks_symbolic_axes) {
  const auto shapes = infer_shapes(test::parse_graph(kPool));
  ASSERT_TRUE(shapes) << shapes.error().message;
  EXPECT_THAT(shapes->at("x"), ElementsAre(-1, 3, 8, 8));
  EXPECT_THAT(shapes->at("y"), ElementsAre(-1, 3, 4, 4));
}

TEST(InferShapes, refuses_an_operator_set_that_the_library_does_not_know) {
  const auto shapes = infer_shapes(test::parse_graph(kPool, 18));
  ASSERT_FALSE(shapes);
  EXPECT_EQ(shapes.error().code, Code::unimplemented);
  EXPECT_THAT(shapes.error().message, HasSubstr("18"));
}

TEST(FixBatch, makes_every_shape_static_in_a_transformer_with_shape_chains) {
  for (const char* name : {"models/cct_tiny_cifar10_opset13.onnx", "models/cct_tiny_cifar10_opset17.onnx"}) {
    MTC_REQUIRE_DATA(path, name);
    auto model = load(path.string());
    ASSERT_TRUE(model);
    const auto fixed = fix_batch(*model, 1);
    ASSERT_TRUE(fixed) << fixed.error().message;
    const auto shapes = infer_shapes(*model);
    ASSERT_TRUE(shapes);
    for (const auto& node : model->graph().node()) {
      for (const auto& output : node.output()) {
        const auto found = shapes->find(output);
        ASSERT_NE(found, shapes->end()) << output;
        EXPECT_THAT(found->second, testing::Each(testing::Ge(0))) << output;
      }
    }
    EXPECT_THAT(shapes->at(model->graph().output(0).name()), ElementsAre(1, 10));
  }
}

TEST(FixBatch, refuses_another_batch_than_the_model_has) {
  auto model = test::parse_graph("g (float[1,3] x) => (float[1,3] y) { y = Relu(x) }");
  EXPECT_TRUE(fix_batch(model, 1));
  const auto result = fix_batch(model, 2);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_THAT(result.error().where, HasSubstr("'x'"));
}

}  // namespace
}  // namespace mtc::model
