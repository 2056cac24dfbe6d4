// SPDX-License-Identifier: Apache-2.0
//
// The numeric environment: what the bytes of floating-point results depend on beside code and inputs.
#pragma once

#include <string>
#include <string_view>

#include "mtc/result.hpp"

namespace mtc::run {

/// The value of one part:
///   isa      the vector extensions of this CPU that kernels choose by ("avx2 fma …")
///   torch    libtorch's CPU capability: ATEN_CPU_CAPABILITY, or "default"
///   blas     OpenBLAS's core type: OPENBLAS_CORETYPE, or "auto" with the CPU's family and model
///   threads  "parameter": the stage's own parameter `threads` is in the key already
/// Errors: invalid_argument for another part.
Result<std::string> numeric_value(std::string_view part);

}  // namespace mtc::run
