// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/rewrite.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "plugins/quantize/weight_rewrite.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::quantize {
namespace {

/// Names of the nodes and tensors of one Q/DQ pair.
struct Pair {
  std::string scale;
  std::string zero_point;
  std::string quantized;
  std::string dequantized;
};

onnx::NodeProto make_node(const std::string& op, const std::string& input, const Pair& pair,
                          const std::string& output) {
  onnx::NodeProto node;
  node.set_op_type(op);
  node.set_name(output);
  node.add_input(input);
  node.add_input(pair.scale);
  node.add_input(pair.zero_point);
  node.add_output(output);
  return node;
}

/// Adds scale and zero point of each group and names its pairs.
std::map<std::string, Pair> make_pairs(onnx::GraphProto& graph, const Placement& placement,
                                       const std::vector<Affine>& affines) {
  std::map<std::string, Pair> pairs;
  for (std::size_t i = 0; i < placement.groups.size(); ++i) {
    const auto& group = placement.groups[i];
    const auto scale = model::unique_name(graph, group.name + "_scale");
    const auto zero_point = model::unique_name(graph, group.name + "_zero_point");
    const std::array scale_value{affines[i].scale};
    const std::array zero_value{static_cast<std::uint8_t>(affines[i].zero_point)};
    *graph.add_initializer() = model::make_tensor<float>(scale, {}, scale_value);
    *graph.add_initializer() = model::make_tensor<std::uint8_t>(zero_point, {}, zero_value);
    for (const auto& tensor : group.tensors) {
      pairs[tensor] = {scale, zero_point, model::unique_name(graph, tensor + "_quantized"),
                       model::unique_name(graph, tensor + "_dequantized")};
    }
  }
  return pairs;
}

/// Points readers at the dequantized tensors; see rewrite() for which.
void redirect(onnx::GraphProto& graph, const Placement& placement, const std::map<std::string, Pair>& pairs) {
  std::set<int> integer;
  for (const auto& node : placement.nodes) integer.insert(node.index);
  integer.insert(placement.movers.begin(), placement.movers.end());
  for (int i = 0; i < graph.node_size(); ++i) {
    for (auto& input : *graph.mutable_node(i)->mutable_input()) {
      const auto pair = pairs.find(input);
      if (pair == pairs.end()) continue;
      if (integer.count(i) != 0 || placement.integer_made.count(input) != 0) input = pair->second.dequantized;
    }
  }
}

/// Rebuilds the node list: constants' DequantizeLinear first, each pair right behind the tensor it quantizes.
void insert_pairs(onnx::GraphProto& graph, const std::map<std::string, Pair>& pairs,
                  std::vector<onnx::NodeProto> constants) {
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  for (auto& node : constants) *nodes.Add() = std::move(node);
  const auto add_pair = [&](const std::string& tensor) {
    const auto pair = pairs.find(tensor);
    if (pair == pairs.end()) return;
    *nodes.Add() = make_node("QuantizeLinear", tensor, pair->second, pair->second.quantized);
    *nodes.Add() =
        make_node("DequantizeLinear", pair->second.quantized, pair->second, pair->second.dequantized);
  };
  for (const auto* input : model::real_inputs(graph)) add_pair(input->name());
  for (auto& node : *graph.mutable_node()) {
    const std::vector<std::string> outputs(node.output().begin(), node.output().end());
    nodes.Add()->Swap(&node);
    for (const auto& output : outputs) add_pair(output);
  }
  graph.mutable_node()->Swap(&nodes);
}

}  // namespace

Result<Rewritten> rewrite(onnx::ModelProto& model, const Placement& placement,
                          const std::vector<Affine>& affines, const Scheme& scheme) {
  auto& graph = *model.mutable_graph();
  std::map<std::string, float> scales;
  for (std::size_t i = 0; i < placement.groups.size(); ++i) {
    for (const auto& tensor : placement.groups[i].tensors) scales[tensor] = affines[i].scale;
  }
  MTC_ASSIGN(auto constants, rewrite_weights(graph, placement, scales, scheme));
  const auto pairs = make_pairs(graph, placement, affines);
  redirect(graph, placement, pairs);
  insert_pairs(graph, pairs, std::move(constants.nodes));
  model::remove_unused(model);
  Rewritten result;
  for (const auto& [tensor, pair] : pairs) result.dequantized[tensor] = pair.dequantized;
  result.weights = std::move(constants.weights);
  return result;
}

}  // namespace mtc::quantize
