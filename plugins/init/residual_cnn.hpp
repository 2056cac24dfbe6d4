// SPDX-License-Identifier: Apache-2.0
//
// A small residual CNN as an untrained ONNX model.
#pragma once

#include <array>
#include <cstdint>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::init {

struct ResidualCnn {
  std::int64_t classes = 10;
  std::array<std::int64_t, 3> input_shape{3, 32, 32};  ///< Channels, height, width.
  std::int64_t width = 8;   ///< Channels of the first stage; doubled in each further one.
  std::int64_t stages = 3;  ///< Each but the first halves height and width.
  std::int64_t blocks = 1;  ///< Residual blocks a stage.
  std::int64_t stem_stride = 2;
  std::uint64_t seed = 0;
};

/// Builds the network: 3×3 stem, `stages` × `blocks` basic blocks (conv-BN-ReLU-conv-BN + shortcut, ReLU; 1×1
/// projection with BN where the shape changes), global average pool, Gemm. Opset 13, input `input` [N, C, H,
/// W] float32 with symbolic N, output `logits` [N, classes]. Every convolution weight is He-initialised from
/// the uniform distribution on ±√(6 / fan-in), the Gemm weight on ±√(1 / fan-in); BN scale 1, shift 0; biases
/// 0. The bytes depend on the fields alone, on every machine. Sources: He et al. 2016, arXiv:1512.03385,
/// section 4.2 (network; its projection shortcut, option B); He et al. 2015, arXiv:1502.01852, equation 10
/// (initialisation). Errors: invalid_argument when height or width shrink to nothing or a field is below 1.
Result<onnx::ModelProto> build(const ResidualCnn& network);

}  // namespace mtc::init
