// SPDX-License-Identifier: Apache-2.0
//
// Gradients in double against central differences, for every operator of the table.
#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "plugins/support/autograd/executor.hpp"
#include "plugins/support/autograd/operators.hpp"
#include "tests/unit/plugins/support/autograd/gradient_cases.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::autograd {
namespace {

/// Distinct values, evenly spread over [low, high) in seeded order, so that no maximum has two candidates.
at::Tensor spread(at::IntArrayRef shape, double low, double high, std::mt19937& random) {
  at::Tensor tensor = at::empty(shape, at::kDouble);
  std::vector<std::int64_t> order(static_cast<std::size_t>(tensor.numel()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::shuffle(order.begin(), order.end(), random);
  // An irrational offset keeps values of two tensors, and of kinks at round numbers, apart.
  const double offset = 0.25 + 0.5 * static_cast<double>(random() % 1000) / 1618.0339887;
  for (std::size_t i = 0; i < order.size(); ++i) {
    tensor.data_ptr<double>()[i] =
        low + (high - low) * (static_cast<double>(order[i]) + offset) / static_cast<double>(order.size());
  }
  return tensor;
}

class GradientTest : public testing::TestWithParam<GradientCase> {};

TEST_P(GradientTest, equals_the_central_difference) {
  const GradientCase& test = GetParam();
  const auto model =
      test::parse_graph("g (" + test.inputs + ") => (float[M] y) { " + test.body + " }", test.opset);
  auto executor = Executor::create(model, {true, true, 1});
  ASSERT_TRUE(executor) << executor.error().message;
  std::mt19937 random(7);
  std::vector<at::Tensor> inputs;
  for (const auto& input : model.graph().input()) {
    std::vector<std::int64_t> shape;
    for (const auto& dim : input.type().tensor_type().shape().dim()) shape.push_back(dim.dim_value());
    inputs.push_back(spread(shape, test.low, test.high, random).set_requires_grad(true));
  }
  auto outputs = executor->forward(inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  const at::Tensor weights = spread((*outputs)[0].sizes(), -1, 1, random);
  ((*outputs)[0] * weights).sum().backward();
  const auto loss = [&] {
    const auto result = executor->forward(inputs);
    return ((*result)[0] * weights).sum().item<double>();
  };
  constexpr double kStep = 1e-5;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const at::Tensor gradient =
        inputs[k].grad().defined() ? inputs[k].grad().contiguous() : at::zeros_like(inputs[k]);
    auto* data = inputs[k].data_ptr<double>();
    for (std::int64_t i = 0; i < inputs[k].numel(); ++i) {
      const double value = data[i];
      data[i] = value + kStep;
      const double up = loss();
      data[i] = value - kStep;
      const double down = loss();
      data[i] = value;
      const double expected = (up - down) / (2 * kStep);
      ASSERT_NEAR(gradient.data_ptr<double>()[i], expected, 1e-6 * std::max(1.0, std::abs(expected)))
          << "input " << k << ", element " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(operators, GradientTest, testing::ValuesIn(gradient_cases()),
                         [](const auto& test) { return test.param.op + "_" + std::to_string(test.index); });

TEST(GradientCases, cover_the_table) {
  std::set<std::string> covered;
  for (const auto& test : gradient_cases()) covered.insert(test.op);
  for (const auto& op : not_differentiable()) EXPECT_TRUE(covered.insert(op).second) << op;
  for (const auto& row : operators()) EXPECT_TRUE(covered.contains(std::string(row.op))) << row.op;
}

}  // namespace
}  // namespace mtc::autograd
