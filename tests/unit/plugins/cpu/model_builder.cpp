// SPDX-License-Identifier: Apache-2.0
//
// Protobuf by hand.
#include "tests/unit/plugins/cpu/model_builder.hpp"

#include <fstream>

namespace mtc::cpu::test {
namespace {

onnx::AttributeProto& add_attribute(onnx::NodeProto& node, const std::string& name,
                                    onnx::AttributeProto::AttributeType type) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

std::size_t count_of(const Shape& shape) {
  std::size_t elements = 1;
  for (const auto extent : shape) elements *= static_cast<std::size_t>(extent);
  return elements;
}

}  // namespace

ModelBuilder::ModelBuilder(int opset) {
  model_.set_ir_version(7);
  model_.add_opset_import()->set_version(opset);
  model_.mutable_graph()->set_name("test");
}

void ModelBuilder::input(const std::string& name, const Shape& shape) {
  auto& value = *model_.mutable_graph()->add_input();
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const auto extent : shape) type.mutable_shape()->add_dim()->set_dim_value(extent);
}

void ModelBuilder::output(const std::string& name) {
  auto& value = *model_.mutable_graph()->add_output();
  value.set_name(name);
  value.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
}

onnx::NodeProto& ModelBuilder::node(const std::string& op, const std::vector<std::string>& inputs,
                                    const std::string& output) {
  auto& node = *model_.mutable_graph()->add_node();
  node.set_op_type(op);
  node.set_name(op + "_" + output);
  for (const auto& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void ModelBuilder::set(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  add_attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void ModelBuilder::set(onnx::NodeProto& node, const std::string& name,
                       const std::vector<std::int64_t>& values) {
  auto& attribute = add_attribute(node, name, onnx::AttributeProto::INTS);
  for (const auto value : values) attribute.add_ints(value);
}

void ModelBuilder::set(onnx::NodeProto& node, const std::string& name, float value) {
  add_attribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void ModelBuilder::set(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  add_attribute(node, name, onnx::AttributeProto::STRING).set_s(value);
}

std::string ModelBuilder::random(const std::string& name, const Shape& shape, float scale) {
  std::vector<float> values(count_of(shape));
  for (auto& value : values) value = (static_cast<float>(random_() >> 8U) / 8388608.0F - 1.0F) * scale;
  return constant<float>(name, shape, values);
}

std::string ModelBuilder::quantize(const std::string& tensor, float scale, int zero_point) {
  const auto s = constant<float>(tensor + ".scale", {}, {scale});
  const auto z = constant<std::uint8_t>(tensor + ".zero", {}, {static_cast<std::uint8_t>(zero_point)});
  node("QuantizeLinear", {tensor, s, z}, tensor + ".q");
  node("DequantizeLinear", {tensor + ".q", s, z}, tensor + ".dq");
  return tensor + ".dq";
}

std::string ModelBuilder::weight(const std::string& name, const Shape& shape, std::int64_t axis,
                                 float scale) {
  std::vector<std::int8_t> values(count_of(shape));
  for (auto& value : values) value = static_cast<std::int8_t>(static_cast<int>(random_() % 255U) - 127);
  const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
  weight_scales_.clear();
  for (std::size_t i = 0; i < channels; ++i) {
    weight_scales_.push_back(scale * (0.5F + static_cast<float>(random_() % 1000U) / 1000.0F));
  }
  const Shape list = {static_cast<std::int64_t>(channels)};
  auto& node_ = node(
      "DequantizeLinear",
      {constant<std::int8_t>(name + ".w", shape, values), constant<float>(name + ".s", list, weight_scales_),
       constant<std::int8_t>(name + ".z", list, std::vector<std::int8_t>(channels, 0))},
      name);
  set(node_, "axis", axis);
  return name;
}

std::string ModelBuilder::bias(const std::string& name, std::int64_t channels, float input_scale,
                               std::int32_t largest) {
  std::vector<std::int32_t> values;
  std::vector<float> scales;
  for (std::size_t i = 0; i < static_cast<std::size_t>(channels); ++i) {
    values.push_back(static_cast<std::int32_t>(random_() % static_cast<unsigned>(2 * largest + 1)) - largest);
    scales.push_back(input_scale * weight_scales_[i]);
  }
  auto& node_ = node("DequantizeLinear",
                     {constant<std::int32_t>(name + ".b", {channels}, values),
                      constant<float>(name + ".s", {channels}, scales)},
                     name);
  set(node_, "axis", std::int64_t{0});
  return name;
}

void ModelBuilder::save(const std::string& path) const {
  std::ofstream stream(path, std::ios::binary);
  model_.SerializeToOstream(&stream);
}

std::vector<float> random_values(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (auto& value : values) value = static_cast<float>(random() >> 8U) / 8388608.0F - 1.0F;
  return values;
}

}  // namespace mtc::cpu::test
