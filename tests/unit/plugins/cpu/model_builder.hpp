// SPDX-License-Identifier: Apache-2.0
//
// Small ONNX models for the tests, node by node; weights and activations are quantized as a quantizer would.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::cpu::test {

using Shape = std::vector<std::int64_t>;

class ModelBuilder {
 public:
  explicit ModelBuilder(int opset = 13);

  void input(const std::string& name, const Shape& shape);
  void output(const std::string& name);
  onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::string& output);
  static void set(onnx::NodeProto& node, const std::string& name, std::int64_t value);
  static void set(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values);
  static void set(onnx::NodeProto& node, const std::string& name, float value);
  static void set(onnx::NodeProto& node, const std::string& name, const std::string& value);
  template <class T>
  std::string constant(const std::string& name, const Shape& shape, const std::vector<T>& values) {
    *model_.mutable_graph()->add_initializer() = model::make_tensor<T>(name, shape, values);
    return name;
  }
  /// Float values in [-scale, scale), seeded by the name's length and the builder's state.
  std::string random(const std::string& name, const Shape& shape, float scale = 1.0F);

  /// QuantizeLinear and DequantizeLinear behind `tensor`: makes NAME.q and returns NAME.dq.
  std::string quantize(const std::string& tensor, float scale, int zero_point);
  /// DequantizeLinear of random int8 weights, one scale for each index of `axis`; returns its output.
  std::string weight(const std::string& name, const Shape& shape, std::int64_t axis, float scale);
  /// DequantizeLinear of random int32 biases at the scale input_scale * the weight's; call after weight().
  std::string bias(const std::string& name, std::int64_t channels, float input_scale, std::int32_t largest);

  onnx::ModelProto& model() { return model_; }
  void save(const std::string& path) const;

 private:
  onnx::ModelProto model_;
  std::vector<float> weight_scales_;
  std::mt19937 random_{7};
};

/// Values in [-1, 1) that depend on `seed` alone.
std::vector<float> random_values(std::size_t count, unsigned seed);

}  // namespace mtc::cpu::test
