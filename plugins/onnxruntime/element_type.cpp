// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/element_type.hpp"

#include <array>
#include <cstdint>

namespace mtc::onnxruntime {

namespace {

struct Pair {
  int onnx_type;
  mtc_dtype dtype;
};

// Source: onnx.proto, TensorProto.DataType.
constexpr std::array kPairs{
    Pair{1, {MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE}},
    Pair{2, {MTC_KIND_UINT, 8, 0}},
    Pair{3, {MTC_KIND_INT, 8, 0}},
    Pair{4, {MTC_KIND_UINT, 16, 0}},
    Pair{5, {MTC_KIND_INT, 16, 0}},
    Pair{6, {MTC_KIND_INT, 32, 0}},
    Pair{7, {MTC_KIND_INT, 64, 0}},
    Pair{9, {MTC_KIND_BOOL, 8, 0}},
    Pair{10, {MTC_KIND_FLOAT, 16, MTC_FORMAT_IEEE}},
    Pair{11, {MTC_KIND_FLOAT, 64, MTC_FORMAT_IEEE}},
    Pair{12, {MTC_KIND_UINT, 32, 0}},
    Pair{13, {MTC_KIND_UINT, 64, 0}},
    Pair{16, {MTC_KIND_FLOAT, 16, MTC_FORMAT_BFLOAT}},
    Pair{17, {MTC_KIND_FLOAT, 8, MTC_FORMAT_E4M3FN}},
    Pair{19, {MTC_KIND_FLOAT, 8, MTC_FORMAT_E5M2}},
    Pair{21, {MTC_KIND_UINT, 4, 0}},
    Pair{22, {MTC_KIND_INT, 4, 0}},
};

}  // namespace

std::optional<mtc_dtype> dtype_of(int onnx_type) {
  for (const auto& pair : kPairs) {
    if (pair.onnx_type == onnx_type) return pair.dtype;
  }
  return std::nullopt;
}

std::optional<int> onnx_type_of(mtc_dtype dtype) {
  for (const auto& pair : kPairs) {
    const auto& known = pair.dtype;
    if (known.kind == dtype.kind && known.bits == dtype.bits && known.format == dtype.format)
      return pair.onnx_type;
  }
  return std::nullopt;
}

std::size_t bytes_of(mtc_dtype dtype, std::span<const std::int64_t> shape) {
  std::size_t elements = 1;
  for (const auto extent : shape) elements *= static_cast<std::size_t>(extent);
  return (elements * dtype.bits + 7) / 8;
}

}  // namespace mtc::onnxruntime
