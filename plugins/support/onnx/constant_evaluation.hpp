// SPDX-License-Identifier: Apache-2.0
//
// Evaluates one node whose inputs are all constant: the operators of which exporters build shapes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// A constant tensor: dense, row-major, little-endian bytes.
struct ConstantValue {
  int type = 0;  ///< TensorProto.DataType
  std::vector<std::int64_t> shape;
  std::string bytes;

  [[nodiscard]] std::size_t element_bytes() const;
  [[nodiscard]] std::int64_t elements() const;
  [[nodiscard]] onnx::TensorProto proto(const std::string& name) const;
};

/// `tensor` as a value; nothing where its element type is none of float, double, bool and the integers.
std::optional<ConstantValue> constant_value(const onnx::TensorProto& tensor);

/// The values as int64; empty where the type is no integer.
std::vector<std::int64_t> integers(const ConstantValue& value);

/// The output of `node` (absent optional inputs are null); nothing where this operator, type or case is not
/// evaluated here. `opset` selects attributes or inputs (Slice-1/10, Squeeze-11/13 …).
std::optional<ConstantValue> evaluate(const onnx::NodeProto& node, int opset,
                                      std::span<const ConstantValue* const> inputs);

/// The part of `evaluate` that computes: Add, Sub, Mul, Div with broadcasting, Neg, Abs, Floor, Ceil, Sqrt,
/// Cast.
std::optional<ConstantValue> evaluate_arithmetic(const onnx::NodeProto& node,
                                                 std::span<const ConstantValue* const> inputs);

}  // namespace mtc::model
