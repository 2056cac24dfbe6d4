// SPDX-License-Identifier: Apache-2.0
//
// What the lowering of one operator works with: the graph, the values made so far, and the program being
// built. Includes protobuf: for lower/*.cpp alone.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/cpu/lower/ir.hpp"
#include "plugins/support/onnx/graph.hpp"

namespace mtc::cpu {

/// A quantized constant behind a DequantizeLinear: a weight or a bias.
struct QuantizedConstant {
  Shape shape;
  int data_type = 0;                 ///< onnx::TensorProto type: INT8, UINT8 or INT32.
  std::vector<std::int64_t> values;  ///< Zero point subtracted.
  std::vector<float> scale;          ///< One, or one for each index of `axis`.
  std::size_t axis = 0;

  /// Scale of the element with this index on `axis`.
  [[nodiscard]] float scale_at(std::size_t index) const {
    return scale.size() == 1 ? scale[0] : scale[index];
  }
  [[nodiscard]] std::vector<float> dequantized() const;
};

/// What an ONNX tensor name stands for.
struct Value {
  std::size_t tensor = 0;
  /// The name means (q - zero_point) * scale of the u8 tensor `tensor`: the output of a DequantizeLinear.
  bool dequantized = false;
};

class Context {
 public:
  Context(const onnx::GraphProto& graph, const model::GraphIndex& index, int opset,
          std::map<std::string, Shape> shapes)
      : graph_(graph), index_(index), opset_(opset), shapes_(std::move(shapes)) {}

  [[nodiscard]] const onnx::GraphProto& graph() const { return graph_; }
  [[nodiscard]] const model::GraphIndex& index() const { return index_; }
  [[nodiscard]] int opset() const { return opset_; }
  Program& program() { return program_; }
  Tensor& tensor(std::size_t id) { return program_.tensors[id]; }

  // ---- Values
  /// Makes `name` stand for `value`.
  void bind(const std::string& name, Value value) { values_[name] = value; }
  void bind(const std::string& name, std::size_t tensor) { bind(name, Value{tensor, false}); }
  /// What `name` stands for; an initializer becomes a constant of the program on first use.
  /// Errors: unimplemented for constants that are neither float nor quantized.
  Result<Value> value(const std::string& name);
  /// The same as an f32 tensor: dequantized where it is a u8 one.
  Result<std::size_t> as_float(const std::string& name);
  /// `tensor` in `layout`: itself, an alias where the bytes agree, or a copy.
  std::size_t in_layout(std::size_t tensor, Layout layout);

  // ---- Constants
  void bind_quantized(const std::string& name, QuantizedConstant constant) {
    quantized_[name] = std::move(constant);
  }
  [[nodiscard]] const QuantizedConstant* quantized_constant(const std::string& name) const;
  [[nodiscard]] bool is_constant(const std::string& name) const;
  /// Values of the constant `name` as float (dequantized where it is quantized). Errors: invalid_argument.
  Result<std::vector<float>> constant_floats(const std::string& name) const;
  Result<std::vector<std::int64_t>> constant_integers(const std::string& name) const;

  // ---- Shapes
  /// Static shape of an ONNX tensor. Errors: unimplemented when an extent is not known, naming the tensor.
  Result<Shape> shape(const std::string& name) const;

  // ---- Building
  std::size_t add_tensor(std::string name, Type type, Shape shape, Layout layout, Quant quant = {});
  /// A second tensor over the storage of `tensor`.
  std::size_t alias(std::size_t tensor, std::string name, Shape shape, Layout layout);
  std::size_t add_constant(const std::string& name, Type type, Shape shape, std::vector<std::byte> data,
                           Quant quant);
  template <class Op>
  void add_layer(const std::string& node, std::vector<std::size_t> inputs, std::size_t output, Op op) {
    program_.layers.push_back(Layer{node, std::move(inputs), output, std::move(op)});
  }

  // ---- Looking ahead
  /// The one node that reads `name`, when the graph's outputs do not have it and no other node reads it.
  [[nodiscard]] const onnx::NodeProto* only_consumer(const std::string& name) const;
  void mark_done(const onnx::NodeProto* node) { done_.insert(node); }
  [[nodiscard]] bool done(const onnx::NodeProto* node) const { return done_.contains(node); }

 private:
  Result<std::size_t> constant_tensor(const std::string& name);

  const onnx::GraphProto& graph_;
  const model::GraphIndex& index_;
  int opset_;
  std::map<std::string, Shape> shapes_;
  Program program_;
  std::map<std::string, Value> values_;
  std::map<std::string, QuantizedConstant> quantized_;
  std::map<std::size_t, std::size_t> dequantized_;                   ///< u8 tensor → its f32 copy.
  std::map<std::pair<std::size_t, Layout>, std::size_t> converted_;  ///< Tensor in another layout.
  std::set<const onnx::NodeProto*> done_;
};

/// An error of `node`: "not supported: <what>", where = the node.
Error unsupported(const onnx::NodeProto& node, const std::string& what);
Error invalid(const onnx::NodeProto& node, const std::string& what, const std::string& hint = {});

/// True when the optional input `i` of `node` is given.
bool has_input(const onnx::NodeProto& node, int i);

}  // namespace mtc::cpu
