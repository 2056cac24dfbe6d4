// SPDX-License-Identifier: Apache-2.0
//
// ONNX element types (TensorProto.DataType, which ONNX Runtime shares) and those of the plugin ABI.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mtc/plugin.h"

namespace mtc::onnxruntime {

/// The ABI's name of the ONNX type `onnx_type`; none for strings, complex numbers and types it does not know.
std::optional<mtc_dtype> dtype_of(int onnx_type);

/// The ONNX type of `dtype`; none where ONNX has no such type.
std::optional<int> onnx_type_of(mtc_dtype dtype);

/// Bytes of a dense tensor; elements under 8 bits are packed.
std::size_t bytes_of(mtc_dtype dtype, std::span<const std::int64_t> shape);

}  // namespace mtc::onnxruntime
