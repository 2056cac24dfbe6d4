// SPDX-License-Identifier: Apache-2.0
//
// Tensors whose bytes lie in a file beside the model (ONNX external data, docs/ExternalData.md of ONNX).
#pragma once

#include <string>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// Reads the bytes of every tensor (initializers, attributes, those of subgraphs) with data_location EXTERNAL
/// into raw_data; files are looked up in the folder of `model_path`. Errors: data_loss (file missing or
/// short), invalid_argument (a location outside the model's folder); `where` names model and tensor.
Result<void> read_external_data(onnx::ModelProto& model, const std::string& model_path);

}  // namespace mtc::model
