// SPDX-License-Identifier: Apache-2.0
//
// ONNX files in and out: loading with external data, checks that no plugin should have to repeat, saving.
#pragma once

#include <map>
#include <string>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// Reads an ONNX file; tensors with external data are read into raw_data, so the result stands alone.
/// Declared extents below 1 become unknown.
/// Errors: not_found; data_loss (truncated, not protobuf, no graph, external file missing or short);
/// invalid_argument (no output, a tensor with NaN or with fewer bytes than its shape asks for, an initializer
/// with infinity: `where` names file and tensor).
Result<onnx::ModelProto> load(const std::string& path);

/// Writes `model` to `path` (temporary file, then rename) with deterministic bytes.
/// Errors: resource_exhausted (disk full); invalid_argument when it is over protobuf's 2 GiB.
Result<void> save(const onnx::ModelProto& model, const std::string& path);

/// The opset version of the default domain; 0 when the model imports none.
int opset(const onnx::ModelProto& model);

/// metadata_props as a map, and setting one entry (added or replaced).
std::map<std::string, std::string> metadata(const onnx::ModelProto& model);
void set_metadata(onnx::ModelProto& model, const std::string& key, const std::string& value);

}  // namespace mtc::model
