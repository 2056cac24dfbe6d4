// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "plugins/quantize/prepare.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::quantize {
namespace {

constexpr int kFirstAlongOneAxis = 13;

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Extents = std::vector<std::int64_t>;

void append(Nodes& nodes, const std::string& op, const std::vector<std::string>& inputs,
            const std::string& output) {
  auto& node = *nodes.Add();
  node.set_op_type(op);
  node.set_name(output);
  for (const auto& input : inputs) node.add_input(input);
  node.add_output(output);
}

void set_axis(onnx::NodeProto& node, std::int64_t axis) {
  onnx::AttributeProto* found = nullptr;
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.name() == "axis") found = &attribute;
  }
  if (found == nullptr) found = node.add_attribute();
  found->set_name("axis");
  found->set_type(onnx::AttributeProto::INT);
  found->set_i(axis);
}

/// Makes a tensor `name` that tells a Reshape the extents of `tensor`. Reshape finds one unknown extent by
/// itself (-1); where there are more, the tensor is asked at run time.
void add_extents(onnx::GraphProto& graph, Nodes& nodes, const std::string& tensor, const Extents& shape,
                 const std::string& name) {
  if (std::ranges::count(shape, std::int64_t{-1}) > 1) {
    append(nodes, "Shape", {tensor}, name);
  } else {
    const Extents rank{static_cast<std::int64_t>(shape.size())};
    *graph.add_initializer() = model::make_tensor<std::int64_t>(name, rank, shape);
  }
}

/// Appends the extents, Flatten, `softmax` along the second axis of the matrix, and Reshape.
void append_flattened(onnx::GraphProto& graph, Nodes& nodes, onnx::NodeProto softmax, std::int64_t axis,
                      const Extents& shape) {
  const std::string input = softmax.input(0);
  const std::string output = softmax.output(0);
  const auto matrix = model::unique_name(graph, output + "_rows");
  const auto result = model::unique_name(graph, output + "_of_rows");
  const auto extents = model::unique_name(graph, output + "_shape");
  add_extents(graph, nodes, input, shape, extents);
  append(nodes, "Flatten", {input}, matrix);
  set_axis(nodes[nodes.size() - 1], axis);
  softmax.set_input(0, matrix);
  softmax.set_output(0, result);
  set_axis(softmax, 1);
  *nodes.Add() = std::move(softmax);
  append(nodes, "Reshape", {result, extents}, output);
}

bool is_softmax(const onnx::NodeProto& node) {
  return node.op_type() == "Softmax" || node.op_type() == "LogSoftmax" || node.op_type() == "Hardmax";
}

Error unknown_rank(const onnx::NodeProto& node, int opset) {
  return Error{Code::unimplemented,
               "the rank of '" + node.input(0) + "' is unknown, and " + node.op_type() + " of opset " +
                   std::to_string(opset) + " depends on it",
               model::describe(node),
               "export the model with opset 13 or newer, or with the shapes of its tensors"};
}

}  // namespace

Result<void> flatten_softmax(onnx::ModelProto& model) {
  const int opset = model::opset(model);
  if (opset >= kFirstAlongOneAxis) return {};
  MTC_ASSIGN(const auto shapes, model::infer_shapes(model));
  auto& graph = *model.mutable_graph();
  Nodes nodes;
  for (const auto& node : graph.node()) {
    if (!is_softmax(node)) {
      *nodes.Add() = node;
      continue;
    }
    const auto found = shapes.find(node.input(0));
    if (found == shapes.end()) return unknown_rank(node, opset);
    const auto rank = static_cast<std::int64_t>(found->second.size());
    std::int64_t axis = model::attribute(node, "axis", std::int64_t{1});
    if (axis < 0) axis += rank;
    if (axis == rank - 1) {
      *nodes.Add() = node;
    } else {
      append_flattened(graph, nodes, node, axis, found->second);
    }
  }
  graph.mutable_node()->Swap(&nodes);
  return {};
}

}  // namespace mtc::quantize
