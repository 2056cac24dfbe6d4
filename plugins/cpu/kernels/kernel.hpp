// SPDX-License-Identifier: Apache-2.0
//
// A kernel: C text that computes one kind of layer. A faster kernel is a new file in this folder that defines
// one of these, and a line before the slower one in registry.cpp: the first kernel that accepts a layer makes
// it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "plugins/cpu/emit/emitter.hpp"
#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

struct Kernel {
  std::string_view name;
  /// True when the kernel can compute `layer`.
  bool (*accepts)(const Program& program, const Layer& layer);
  /// Bytes of working memory during the layer.
  std::size_t (*scratch_bytes)(const Program& program, const Layer& layer);
  /// Writes the layer's constants and the statement that calls the kernel.
  void (*emit)(Emitter& emitter, const Layer& layer);
};

/// All kernels, the preferred ones first.
std::span<const Kernel* const> all_kernels();

/// The first kernel that accepts `layer`; nullptr when there is none.
const Kernel* select_kernel(const Program& program, const Layer& layer);

extern const Kernel kDepthwiseF32, kDepthwiseU8, kConvF32, kConvU8;
extern const Kernel kMaxPoolF32, kMaxPoolU8, kAveragePoolF32, kAveragePoolU8;
extern const Kernel kBinaryF32, kAddU8, kUnaryF32, kSoftmax;
extern const Kernel kMove, kQuantize, kDequantize, kLookup;

/// For kernels that need none.
inline std::size_t no_scratch(const Program&, const Layer&) { return 0; }

}  // namespace mtc::cpu
