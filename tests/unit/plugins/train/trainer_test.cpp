// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/trainer.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/init/residual_cnn.hpp"
#include "plugins/sparsify/prune.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/train/trainable.hpp"
#include "tests/unit/plugins/train/toy_data.hpp"

namespace mtc::train {
namespace {

using testing::HasSubstr;

onnx::ModelProto small_network(std::uint64_t seed = 0) {
  init::ResidualCnn network;
  network.classes = 4;
  network.input_shape = {3, 8, 8};
  network.width = 4;
  network.stages = 2;
  network.stem_stride = 1;
  network.seed = seed;
  return *init::build(network);
}

Options quick(std::size_t epochs) {
  Options options;
  options.epochs = epochs;
  options.batch = 32;
  return options;
}

std::map<std::string, std::vector<float>> weights_of(const onnx::ModelProto& model) {
  std::map<std::string, std::vector<float>> all;
  for (const auto& tensor : model.graph().initializer()) all[tensor.name()] = *model::values<float>(tensor);
  return all;
}

/// Appends Softmax to the first output.
void add_softmax(onnx::ModelProto& model) {
  auto& node = *model.mutable_graph()->add_node();
  node.set_op_type("Softmax");
  node.set_name("probabilities");
  node.add_input("logits");
  node.add_output("scores");
  model.mutable_graph()->mutable_output(0)->set_name("scores");
}

TEST(Train, LearnsASeparableTask) {
  const auto outcome =
      train(small_network(), toy::quadrants(512, 1), toy::quadrants(256, 2), quick(4), toy::go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_GT(*outcome->epochs[outcome->best].top1, 0.9);
  EXPECT_LT(outcome->epochs.back().loss, outcome->epochs.front().loss);
}

TEST(Train, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  auto options = quick(1);
  const auto first = train(small_network(), toy::quadrants(128, 1), {}, options, toy::go_on);
  const auto second = train(small_network(), toy::quadrants(128, 1), {}, options, toy::go_on);
  options.seed = 7;
  const auto third = train(small_network(), toy::quadrants(128, 1), {}, options, toy::go_on);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(first->model.SerializeAsString(), second->model.SerializeAsString());
  EXPECT_NE(first->model.SerializeAsString(), third->model.SerializeAsString());
}

TEST(Train, KeepsTheZerosOfPrunedTensorsExactly) {
  auto model = small_network();
  ASSERT_TRUE(sparsify::prune(model, {sparsify::Pattern::two_of_four, 0.5, {}}));
  const auto before = weights_of(model);
  const auto masked = masked_tensors(model);
  ASSERT_TRUE(masked);
  ASSERT_FALSE(masked->empty());
  const auto outcome = train(model, toy::quadrants(128, 1), {}, quick(2), toy::go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->masked, masked->size());
  const auto after = weights_of(outcome->model);
  for (const auto& name : *masked) {
    const auto& old = before.at(name);
    const auto& trained = after.at(name);
    EXPECT_NE(old, trained) << name;
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i] != 0.0F) continue;
      ASSERT_EQ(trained[i], 0.0F) << name << " element " << i;
    }
  }
}

/// Appends a second output, which the loss does not reach.
void add_auxiliary_head(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  const auto weight = std::ranges::find_if(graph.initializer(),
                                           [](const auto& tensor) { return tensor.name() == "head.weight"; });
  ASSERT_NE(weight, graph.initializer().end());
  auto copy = *weight;
  copy.set_name("auxiliary.weight");
  *graph.add_initializer() = copy;
  const auto head =
      std::ranges::find_if(graph.node(), [](const auto& node) { return node.op_type() == "Gemm"; });
  ASSERT_NE(head, graph.node().end());
  auto node = *head;
  node.set_name("auxiliary");
  node.set_input(1, "auxiliary.weight");
  node.set_output(0, "auxiliary");
  *graph.add_node() = node;
  auto output = graph.output(0);
  output.set_name("auxiliary");
  *graph.add_output() = output;
}

TEST(Train, LeavesAPrunedHeadThatTheLossDoesNotReachAsItIs) {
  auto model = small_network();
  add_auxiliary_head(model);
  ASSERT_TRUE(sparsify::prune(model, {sparsify::Pattern::unstructured, 0.5, {}}));
  const auto before = weights_of(model);
  const auto outcome = train(model, toy::quadrants(64, 1), {}, quick(1), toy::go_on);
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto after = weights_of(outcome->model);
  EXPECT_EQ(after.at("auxiliary.weight"), before.at("auxiliary.weight"));
  EXPECT_NE(after.at("head.weight"), before.at("head.weight"));
}

TEST(Train, TakesAnExtentBelowOneForUnknown) {
  auto model = small_network();
  auto& shape =
      *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(2)->set_dim_value(-1);
  shape.mutable_dim(3)->set_dim_value(0);
  const auto outcome = train(model, toy::quadrants(64, 1), {}, quick(1), toy::go_on);
  EXPECT_TRUE(outcome) << outcome.error().message;
}

TEST(Train, AppliesTheLossToTheInputOfAFinalSoftmaxAndKeepsTheNode) {
  auto with_softmax = small_network();
  add_softmax(with_softmax);
  const auto plain = train(small_network(), toy::quadrants(128, 1), {}, quick(1), toy::go_on);
  const auto outcome = train(with_softmax, toy::quadrants(128, 1), {}, quick(1), toy::go_on);
  ASSERT_TRUE(plain && outcome);
  EXPECT_THAT(outcome->softmax, HasSubstr("probabilities"));
  EXPECT_EQ(outcome->model.graph().output(0).name(), "scores");
  EXPECT_EQ(weights_of(plain->model), weights_of(outcome->model));
}

TEST(Train, AdvisesALowerRateWhenTheLossIsNotFinite) {
  auto options = quick(3);
  options.lr = 1e30;
  options.warmup_epochs = 0.0;
  const auto outcome = train(small_network(), toy::quadrants(128, 1), {}, options, toy::go_on);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::invalid_argument);
  EXPECT_THAT(outcome.error().hint, HasSubstr("lower lr"));
}

TEST(Train, NamesALabelOutsideTheClasses) {
  auto data = toy::quadrants(64, 1);
  data.labels = [](std::span<const std::uint64_t> indices) -> Result<std::vector<std::int64_t>> {
    return std::vector<std::int64_t>(indices.size(), 4);
  };
  const auto outcome = train(small_network(), data, {}, quick(1), toy::go_on);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("label is 4"));
}

TEST(Train, NamesBothShapesWhenTheDataDoesNotFit) {
  auto data = toy::quadrants(64, 1);
  data.shape = {3, 4, 16};
  const auto outcome = train(small_network(), data, {}, quick(1), toy::go_on);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::invalid_argument);
  EXPECT_THAT(outcome.error().message, HasSubstr("3, 4, 16"));
  EXPECT_THAT(outcome.error().message, HasSubstr("3, 8, 8"));
}

TEST(Train, EndsWhenTheMonitorSaysSo) {
  const Monitor cancel = [](const std::string&, std::size_t done, std::size_t,
                            const std::string&) -> Result<void> {
    if (done < 2) return {};
    return Error{Code::cancelled, "cancelled", {}, {}};
  };
  const auto outcome = train(small_network(), toy::quadrants(128, 1), {}, quick(5), cancel);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::cancelled);
}

TEST(CutSoftmax, SendsAQuantizedModelBack) {
  auto model = small_network();
  model.mutable_graph()->add_node()->set_op_type("QuantizeLinear");
  const auto head = cut_softmax(model);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, Code::unimplemented);
  EXPECT_THAT(head.error().hint, HasSubstr("then quantize"));
}

TEST(Trainable, LeavesStatisticsAndSingleConstantsAlone) {
  const auto names = trainable(small_network());
  EXPECT_EQ(names.count("stem.weight"), 1U);
  EXPECT_EQ(names.count("stem.bn.scale"), 1U);
  EXPECT_EQ(names.count("head.bias"), 1U);
  EXPECT_EQ(names.count("stem.bn.mean"), 0U);
  EXPECT_EQ(names.count("stem.bn.variance"), 0U);
}

}  // namespace
}  // namespace mtc::train
