// SPDX-License-Identifier: Apache-2.0
//
// Shapes by ONNX's own inference, which knows operator sets up to 17.
#include <algorithm>
#include <exception>

#include <onnx/shape_inference/implementation.h>

#include "plugins/support/onnx/fold_constants.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::model {
namespace {

constexpr int kNewestOpset = 17;

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

Result<void> check_opset(const onnx::ModelProto& model) {
  if (opset(model) <= kNewestOpset) return {};
  return Error{Code::unimplemented,
               "shapes are inferred up to opset 17, the model has " + std::to_string(opset(model)),
               {},
               "export the model with opset 17"};
}

/// ONNX's inference divides by strides without looking at them.
Result<void> check_strides(const onnx::GraphProto& graph) {
  for (const auto& node : graph.node()) {
    for (const auto stride : attribute(node, "strides", std::vector<std::int64_t>{})) {
      if (stride >= 1) continue;
      return Error{Code::invalid_argument, "strides must be 1 or more, not " + std::to_string(stride),
                   describe(node), "export the model again"};
    }
  }
  return {};
}

int unknown_axes(const std::vector<std::int64_t>& shape) {
  int unknown = 0;
  for (const auto extent : shape) unknown += extent < 0 ? 1 : 0;
  return unknown;
}

/// Adds what `graph` says of its tensors, where it says more than `shapes` has.
void collect(const onnx::GraphProto& graph, Shapes& shapes) {
  const auto add = [&](const onnx::ValueInfoProto& info) {
    if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return;
    std::vector<std::int64_t> shape;
    for (const auto& dim : info.type().tensor_type().shape().dim()) {
      shape.push_back(dim.dim_value() > 0 ? dim.dim_value() : -1);
    }
    const auto [place, added] = shapes.emplace(info.name(), shape);
    if (!added && unknown_axes(shape) < unknown_axes(place->second)) place->second = shape;
  };
  for (const auto& info : graph.input()) add(info);
  for (const auto& info : graph.value_info()) add(info);
  for (const auto& info : graph.output()) add(info);
  for (const auto& tensor : graph.initializer()) {
    shapes[tensor.name()] = {tensor.dims().begin(), tensor.dims().end()};
  }
}

onnx::TensorShapeProto* shape_of(onnx::ValueInfoProto& info) {
  if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return nullptr;
  auto* shape = info.mutable_type()->mutable_tensor_type()->mutable_shape();
  return shape->dim_size() == 0 ? nullptr : shape;
}

}  // namespace

Result<void> annotate_shapes(onnx::ModelProto& model) {
  MTC_TRY(check_strides(model.graph()));
  try {
    const onnx::ShapeInferenceOptions options(/*check_type=*/false, /*strict_mode=*/0, /*data_prop=*/true);
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
    return {};
  } catch (const std::exception& error) {
    return Error{Code::invalid_argument,
                 std::string("shapes do not fit: ") + error.what(),
                 {},
                 "check the model with ONNX's checker"};
  }
}

Result<void> fix_batch(onnx::ModelProto& model, std::int64_t batch) {
  MTC_TRY(check_opset(model));
  auto& graph = *model.mutable_graph();
  std::vector<std::string> inputs;
  for (const auto* input : real_inputs(graph)) inputs.push_back(input->name());
  for (auto& input : *graph.mutable_input()) {
    if (std::find(inputs.begin(), inputs.end(), input.name()) == inputs.end()) continue;
    auto* shape = shape_of(input);
    if (shape == nullptr) {
      return Error{Code::invalid_argument, "the input has no batch axis", "input '" + input.name() + "'",
                   "use a model whose inputs declare their shape"};
    }
    auto& first = *shape->mutable_dim(0);
    if (first.dim_value() > 0 && first.dim_value() != batch) {
      return Error{Code::invalid_argument,
                   "the model fixes batch " + std::to_string(first.dim_value()) + ", batch " +
                       std::to_string(batch) + " is asked for",
                   "input '" + input.name() + "'",
                   "use the model's own batch, or export it with a symbolic one"};
    }
    first.set_dim_value(batch);
  }
  for (auto& output : *graph.mutable_output()) {
    auto* shape = shape_of(output);
    if (shape != nullptr && shape->dim(0).dim_value() <= 0) shape->mutable_dim(0)->set_dim_value(batch);
  }
  graph.clear_value_info();
  MTC_ASSIGN(const auto shapes, infer_shapes(model));
  for (auto& output : *graph.mutable_output()) {
    const auto found = shapes.find(output.name());
    auto* shape = shape_of(output);
    if (found == shapes.end() || shape == nullptr) continue;
    for (int i = 0; i < shape->dim_size() && i < static_cast<int>(found->second.size()); ++i) {
      const std::int64_t extent = found->second[static_cast<std::size_t>(i)];
      if (extent >= 0) shape->mutable_dim(i)->set_dim_value(extent);
    }
  }
  return annotate_shapes(model);
}

Result<std::map<std::string, std::vector<std::int64_t>>> infer_shapes(const onnx::ModelProto& model) {
  MTC_TRY(check_opset(model));
  Shapes shapes;
  onnx::ModelProto copy = model;
  MTC_ASSIGN(const int folded, fold_known_values(copy));
  MTC_TRY(annotate_shapes(copy));
  collect(copy.graph(), shapes);
  if (folded > 0) {
    onnx::ModelProto original = model;
    MTC_TRY(annotate_shapes(original));
    collect(original.graph(), shapes);
  }
  return shapes;
}

}  // namespace mtc::model
