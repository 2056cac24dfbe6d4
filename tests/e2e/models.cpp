// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/models.hpp"

#include <cstring>

#include <onnx/onnx_pb.h>

namespace mtc::test {
namespace {

onnx::ModelProto empty_model() {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  return model;
}

void set_type(onnx::ValueInfoProto& value, const char* name, const std::vector<int>& extents) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int extent : extents) tensor.mutable_shape()->add_dim()->set_dim_value(extent);
}

void add_node(onnx::GraphProto& graph, const char* operation, const char* name,
              const std::vector<const char*>& inputs, const char* output) {
  auto& node = *graph.add_node();
  node.set_op_type(operation);
  node.set_name(name);
  for (const char* input : inputs) node.add_input(input);
  node.add_output(output);
}

}  // namespace

std::string conv_model(int height, const std::vector<float>& weight) {
  auto model = empty_model();
  auto& graph = *model.mutable_graph();
  graph.set_name("conv");
  set_type(*graph.add_input(), "x", {1, height, height});
  set_type(*graph.add_output(), "y", {1});
  auto& tensor = *graph.add_initializer();
  tensor.set_name("conv1.weight");
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const int extent : {1, 1, 3, 3}) tensor.add_dims(extent);
  for (const float value : weight) tensor.add_float_data(value);
  add_node(graph, "Conv", "conv1", {"x", "conv1.weight"}, "a");
  add_node(graph, "GlobalAveragePool", "pool1", {"a"}, "b");
  add_node(graph, "Flatten", "flatten1", {"b"}, "y");
  return model.SerializeAsString();
}

std::string external_conv_model(int height, const std::string& location) {
  onnx::ModelProto model;
  model.ParseFromString(conv_model(height, {}));
  auto& graph = *model.mutable_graph();
  for (auto* value : {graph.mutable_input(0), graph.mutable_output(0)}) {
    value->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_value(1);
  }
  auto& tensor = *graph.mutable_initializer(0);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *tensor.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  return model.SerializeAsString();
}

std::string external_bytes(const std::vector<float>& weight) {
  std::string bytes(weight.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), weight.data(), bytes.size());
  return bytes;
}

std::string nearest_level_model(int height, const std::vector<float>& centres, int background) {
  const int classes = background + static_cast<int>(centres.size());
  auto model = empty_model();
  auto& graph = *model.mutable_graph();
  graph.set_name("levels");
  set_type(*graph.add_input(), "x", {3, height, height});
  set_type(*graph.add_output(), "y", {classes});
  auto& weight = *graph.add_initializer();
  auto& bias = *graph.add_initializer();
  for (auto* tensor : {&weight, &bias}) {
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    tensor->add_dims(classes);
  }
  weight.set_name("levels.weight");
  bias.set_name("levels.bias");
  for (const int extent : {3, 1, 1}) weight.add_dims(extent);
  // The nearest centre c of m has the greatest 2cm - c², since (m - c)² = m² - (2cm - c²).
  for (int k = 0; k < classes; ++k) {
    const bool real = k >= background;
    const float centre = real ? centres[static_cast<std::size_t>(k - background)] : 0;
    weight.add_float_data(2 * centre);
    weight.add_float_data(0);
    weight.add_float_data(0);
    bias.add_float_data(real ? -centre * centre : -3.0F);
  }
  add_node(graph, "Conv", "levels", {"x", "levels.weight", "levels.bias"}, "a");
  add_node(graph, "GlobalAveragePool", "pool", {"a"}, "b");
  add_node(graph, "Flatten", "flatten", {"b"}, "y");
  return model.SerializeAsString();
}

std::string model_without_graph() { return empty_model().SerializeAsString(); }

}  // namespace mtc::test
