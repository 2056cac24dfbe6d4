// SPDX-License-Identifier: Apache-2.0
//
// An ONNX model on the executor, as a session of the SDK.
#pragma once

#include <memory>
#include <string>

#include "mtc/plugin.hpp"
#include "mtc/result.hpp"

namespace mtc::reference {

/// File that compile writes into the artifact.
inline constexpr const char* kModelFile = "model.onnx";

/// Loads the ONNX file `path`, or the model of a compiled artifact when `path` is a folder. `threads` ≥ 1.
/// Shapes may be symbolic; a run takes any extent there.
/// Errors: those of model::load and Executor::create, with `path`; unimplemented for an input without tensor
/// type.
Result<std::unique_ptr<sdk::Session>> open_session(const std::string& path, int threads);

}  // namespace mtc::reference
