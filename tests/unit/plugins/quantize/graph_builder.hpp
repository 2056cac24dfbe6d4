// SPDX-License-Identifier: Apache-2.0
//
// Small ONNX models for the tests of quantization.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::quantize::test {

/// Appends to a model; inputs are float32 [1 or N, …].
class GraphBuilder {
 public:
  GraphBuilder() {
    model_.set_ir_version(7);
    model_.add_opset_import()->set_version(13);
    model_.mutable_graph()->set_name("test");
  }

  GraphBuilder& input(const std::string& name, std::initializer_list<std::int64_t> sample_shape) {
    describe(*model_.mutable_graph()->add_input(), name, sample_shape);
    return *this;
  }
  GraphBuilder& output(const std::string& name, std::initializer_list<std::int64_t> sample_shape) {
    describe(*model_.mutable_graph()->add_output(), name, sample_shape);
    return *this;
  }
  /// Appends a node called as its output and returns it for attributes.
  onnx::NodeProto& node(const std::string& op, std::initializer_list<std::string> inputs,
                        const std::string& output) {
    auto& made = *model_.mutable_graph()->add_node();
    made.set_op_type(op);
    made.set_name(output);
    for (const auto& input : inputs) made.add_input(input);
    made.add_output(output);
    return made;
  }
  GraphBuilder& constant(const std::string& name, const std::vector<std::int64_t>& shape,
                         const std::vector<float>& values) {
    *model_.mutable_graph()->add_initializer() = model::make_tensor<float>(name, shape, values);
    return *this;
  }
  GraphBuilder& integers(const std::string& name, const std::vector<std::int64_t>& values) {
    const std::vector<std::int64_t> shape{static_cast<std::int64_t>(values.size())};
    *model_.mutable_graph()->add_initializer() = model::make_tensor<std::int64_t>(name, shape, values);
    return *this;
  }
  /// Seeded values in [-bound, bound).
  GraphBuilder& random(const std::string& name, const std::vector<std::int64_t>& shape, float bound = 0.5F) {
    std::int64_t count = 1;
    for (const auto extent : shape) count *= extent;
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) {
      const double unit = static_cast<double>(random_() >> 11U) * 0x1p-53;
      values.push_back(static_cast<float>((2.0 * unit - 1.0) * static_cast<double>(bound)));
    }
    return constant(name, shape, values);
  }
  [[nodiscard]] const onnx::ModelProto& model() const { return model_; }

 private:
  static void describe(onnx::ValueInfoProto& value, const std::string& name,
                       std::initializer_list<std::int64_t> sample_shape) {
    value.set_name(name);
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_param("N");
    for (const auto extent : sample_shape) type.mutable_shape()->add_dim()->set_dim_value(extent);
  }

  onnx::ModelProto model_;
  std::mt19937_64 random_{1};
};

inline void set_ints(onnx::NodeProto& node, const std::string& name,
                     const std::vector<std::int64_t>& values) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const auto value : values) attribute.add_ints(value);
}

inline void set_int(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

/// Names of all node outputs and inputs of `model`: enough where every tensor is float.
inline std::vector<std::string> tensors_of(const onnx::ModelProto& model) {
  std::vector<std::string> names;
  for (const auto& input : model.graph().input()) names.push_back(input.name());
  for (const auto& node : model.graph().node()) names.push_back(node.output(0));
  return names;
}

}  // namespace mtc::quantize::test
