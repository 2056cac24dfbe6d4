// SPDX-License-Identifier: Apache-2.0
//
// Which files beside an ONNX model hold its large tensors. Reads the protobuf wire format itself, so that the
// plugin brings no second protobuf into ONNX Runtime's process.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>

#include "mtc/result.hpp"

namespace mtc::onnxruntime {

/// The `location`s of external tensors of the model `file` (ModelProto, serialized), relative to the model's
/// folder, of initializers and of tensors in nodes, in subgraphs and functions too. Errors: data_loss when it
/// is not protobuf. Source: onnx.proto, TensorProto.external_data.
Result<std::set<std::string>> external_locations(std::span<const std::byte> file);

}  // namespace mtc::onnxruntime
