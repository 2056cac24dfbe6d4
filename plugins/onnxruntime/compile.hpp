// SPDX-License-Identifier: Apache-2.0
//
// The target's compile: a check that ONNX Runtime takes the model, and a copy of it.
#pragma once

#include <string>

#include "mtc/result.hpp"

namespace mtc::onnxruntime {

struct CompileRequest {
  std::string library;  ///< Path of ONNX Runtime's shared library.
  std::string model;    ///< Path of the ONNX file.
  std::string folder;   ///< Folder of the artifact; exists.
  std::string scheme;   ///< The quantization scheme that the target runs, from its document.
  bool exact = true;    ///< See Options.
};

/// Scheme of a model that names none.
inline constexpr const char* kFloatScheme = "float";

/// Loads the model once and writes the artifact; gives the model's scheme (metadata `mtc.quant.scheme`, else
/// "float"). Errors: what open_model and write_artifact say; invalid_argument for a model quantized by
/// another scheme.
Result<std::string> compile(const CompileRequest& request);

}  // namespace mtc::onnxruntime
