// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <exception>
#include <set>
#include <string>
#include <utility>

#include <onnx/version_converter/convert.h>

#include "plugins/quantize/prepare.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::quantize {
namespace {

constexpr int kFirstPerChannelOpset = 13;

constexpr int kFirstResizeWithModes = 11;

/// The converter asks whether the axis of a Softmax is the last, and needs the rank of its input for it.
Result<void> describe_softmax_inputs(onnx::ModelProto& model) {
  MTC_ASSIGN(const auto shapes, model::infer_shapes(model));
  auto& graph = *model.mutable_graph();
  graph.clear_value_info();
  std::set<std::string> described;
  for (const auto& node : graph.node()) {
    if (node.op_type() != "Softmax" && node.op_type() != "LogSoftmax" && node.op_type() != "Hardmax")
      continue;
    const auto shape = shapes.find(node.input(0));
    if (shape == shapes.end() || !described.insert(node.input(0)).second) continue;
    auto& value = *graph.add_value_info();
    value.set_name(node.input(0));
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    for (const auto extent : shape->second) {
      auto& dim = *type.mutable_shape()->add_dim();
      if (extent >= 0) dim.set_dim_value(extent);
    }
  }
  return {};
}

/// The converter wants every initializer to be a graph input as well (IR 3) or IR 4 and up; it is given the
/// latter.
Result<onnx::ModelProto> convert(const onnx::ModelProto& model) {
  try {
    onnx::ModelProto source = model;
    source.set_ir_version(std::max<std::int64_t>(source.ir_version(), 7));
    return onnx::version_conversion::ConvertVersion(source, kFirstPerChannelOpset);
  } catch (const std::exception& error) {
    return Error{Code::unimplemented,
                 "the model's opset " + std::to_string(model::opset(model)) +
                     " cannot be raised to 13: " + error.what(),
                 {},
                 "export the model with opset 13 or newer"};
  }
}

void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

/// Before opset 11, Upsample and Resize took positions x / scale, and rounded them down for mode "nearest".
/// The converter leaves both to the defaults of opset 11, which are others.
void keep_resize_positions(onnx::GraphProto& graph) {
  for (auto& node : *graph.mutable_node()) {
    if (node.op_type() != "Resize") continue;
    set_text(node, "coordinate_transformation_mode", "asymmetric");
    set_text(node, "nearest_mode", "floor");
  }
}

}  // namespace

Result<void> raise_opset(onnx::ModelProto& model) {
  if (model::opset(model) >= kFirstPerChannelOpset) return {};
  MTC_TRY(flatten_softmax(model));
  MTC_TRY(describe_softmax_inputs(model));
  MTC_ASSIGN(auto converted, convert(model));
  if (model::opset(model) < kFirstResizeWithModes) keep_resize_positions(*converted.mutable_graph());
  converted.mutable_graph()->clear_value_info();
  for (const auto& [key, value] : model::metadata(model)) model::set_metadata(converted, key, value);
  model = std::move(converted);
  return {};
}

}  // namespace mtc::quantize
