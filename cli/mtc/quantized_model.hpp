// SPDX-License-Identifier: Apache-2.0
//
// Whether a model is quantized already: the driver has no ONNX reader.
#pragma once

#include <filesystem>

#include "mtc/result.hpp"

namespace mtc::cli {

/// A quantized ONNX file names the operator QuantizeLinear in its nodes. Errors: as read_file.
Result<bool> is_quantized(const std::filesystem::path& model);

}  // namespace mtc::cli
