// SPDX-License-Identifier: Apache-2.0
//
// The order in which kernels are tried.
#include "plugins/cpu/kernels/kernel.hpp"

namespace mtc::cpu {

std::span<const Kernel* const> all_kernels() {
  static constexpr const Kernel* kKernels[] = {
      &kDepthwiseF32,   &kDepthwiseU8,   &kConvF32,    &kConvU8, &kMaxPoolF32, &kMaxPoolU8,
      &kAveragePoolF32, &kAveragePoolU8, &kBinaryF32,  &kAddU8,  &kUnaryF32,   &kSoftmax,
      &kMove,           &kQuantize,      &kDequantize, &kLookup,
  };
  return kKernels;
}

const Kernel* select_kernel(const Program& program, const Layer& layer) {
  for (const auto* kernel : all_kernels()) {
    if (kernel->accepts(program, layer)) return kernel;
  }
  return nullptr;
}

}  // namespace mtc::cpu
