// SPDX-License-Identifier: Apache-2.0
//
// The same float model by generated C and by ONNX Runtime.
#pragma once

#include <string>

namespace mtc::cpu::test {

/// Compiles `model` (for cpu.x86-64-v3 when `avx2`), runs it on random inputs in [-input_scale, input_scale)
/// and expects errors of at most 1e-4 of each output's range. Skips where there is no ONNX Runtime.
void expect_same(const std::string& model, bool avx2, float input_scale = 1.0F);

}  // namespace mtc::cpu::test
