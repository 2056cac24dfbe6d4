// SPDX-License-Identifier: Apache-2.0
//
// TensorProto ↔ plain arrays.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// Product of the extents; 1 for a scalar, -1 for a shape that is not valid (negative, or beyond 64 bits).
std::int64_t elements(const onnx::TensorProto& tensor);

/// The values as T, from raw_data or the typed field. T: float, double, int64_t, int32_t, int8_t, uint8_t,
/// bool. float also reads FLOAT16, BFLOAT16 and DOUBLE; int64_t also reads every integer type. Errors:
/// invalid_argument when the element type does not convert without loss of meaning.
template <class T>
Result<std::vector<T>> values(const onnx::TensorProto& tensor);

/// A tensor with raw_data. `values.size()` equals the product of `shape`.
template <class T>
onnx::TensorProto make_tensor(const std::string& name, std::span<const std::int64_t> shape,
                              std::span<const T> values);

/// Printable name of an element type ("float32", "int8"); and the ABI's description of it.
std::string type_name(int data_type);
mtc_dtype abi_type(int data_type);

}  // namespace mtc::model
