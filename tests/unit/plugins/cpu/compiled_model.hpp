// SPDX-License-Identifier: Apache-2.0
//
// Compiles a model through compile_model with the system's cc, runs it, and records every layer's tensor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mtc/plugin.hpp"
#include "plugins/cpu/compile.hpp"

namespace mtc::cpu::test {

inline constexpr const char* kScheme = "qdq.u8s8.per-channel/1";

/// Runs argv in `folder` through the shell; stdout and stderr in the result.
Result<sdk::ExecResult> run_tool(const std::vector<std::string>& argv, const std::string& folder);

/// Options of target cpu.portable, but -O1 instead of -O3 (compile time); `avx2`: those of cpu.x86-64-v3.
CompileOptions options(bool avx2);
/// True when this CPU has what cpu.x86-64-v3 needs.
bool has_avx2();

/// A tensor that a layer made, in the order of its bytes.
struct Traced {
  int bits = 0;
  bool nhwc = false;
  std::vector<float> values;
};

struct Inference {
  std::vector<std::vector<float>> outputs;
  std::map<std::string, Traced> layers;  ///< By ONNX tensor name; with MTC_TRACE alone.
};

/// One inference of the artifact in `folder`.
Result<Inference> run_artifact(const std::string& folder, const std::vector<std::vector<float>>& inputs);

}  // namespace mtc::cpu::test
