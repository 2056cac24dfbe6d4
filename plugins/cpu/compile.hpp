// SPDX-License-Identifier: Apache-2.0
//
// ONNX file → artifact folder of target cpu: model.so, model.c, model.h, main.c, README.md, expected.txt.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "mtc/plugin.hpp"
#include "mtc/result.hpp"

namespace mtc::cpu {

/// Runs the tool argv[0] in `folder`.
using RunTool =
    std::function<Result<sdk::ExecResult>(const std::vector<std::string>& argv, const std::string& folder)>;

struct CompileOptions {
  std::string target;              ///< Id of the target document, for messages.
  std::string scheme;              ///< The quantization scheme that it accepts.
  std::vector<std::string> flags;  ///< Of the C compiler.
};

struct CompileReport {
  std::string scheme;  ///< Of the model; empty = float.
  std::size_t layers = 0;
  std::size_t integer_layers = 0;  ///< Layers that read uint8.
  std::size_t arena_bytes = 0;
  std::size_t constant_bytes = 0;
};

/// Errors: what `lower` returns; invalid_argument when the model's scheme is another one than the target's,
/// naming both; failed_precondition when the compiler fails, with what it printed.
Result<CompileReport> compile_model(const std::string& model, const std::string& folder,
                                    const CompileOptions& options, const RunTool& run_tool);

}  // namespace mtc::cpu
