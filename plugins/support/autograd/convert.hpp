// SPDX-License-Identifier: Apache-2.0
//
// TensorProto and HostTensor ↔ at::Tensor.
#pragma once

#include <onnx/onnx_pb.h>

#include "plugins/support/autograd/executor.hpp"

namespace mtc::autograd {

/// torch's ScalarType of an ONNX element type, as int; -1 where torch has none (uint16, uint32, uint64,
/// string). `float64`: float32 becomes double.
int scalar_type(int onnx_type, bool float64);

/// A copy. Errors: unimplemented (element type); invalid_argument (bytes do not match the shape).
Result<at::Tensor> to_tensor(const onnx::TensorProto& proto, bool float64);
Result<at::Tensor> to_tensor(const HostTensor& host, bool float64);

/// A dense copy in plain memory.
HostTensor to_host(const at::Tensor& tensor);

/// Overwrites the values of `proto` (whose type stays) by those of `tensor`, of the same shape.
void store(const at::Tensor& tensor, onnx::TensorProto& proto);

}  // namespace mtc::autograd
