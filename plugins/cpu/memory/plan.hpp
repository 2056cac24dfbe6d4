// SPDX-License-Identifier: Apache-2.0
//
// The static memory plan: where in one arena each intermediate tensor and each layer's scratch lies.
#pragma once

#include <cstddef>
#include <vector>

#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

/// Every block starts at a multiple of it.
constexpr std::size_t kAlignment = 64;

struct MemoryPlan {
  std::vector<std::size_t> offset;   ///< Of each storage; meaningful for Kind::arena.
  std::vector<std::size_t> scratch;  ///< Of each layer's scratch.
  std::size_t arena_bytes = 0;       ///< Size of the arena: the peak of working memory.
};

/// Places storages that are in use at the same time apart: a storage from the layer that writes it first to
/// the one that reads it last, scratch during its layer. Largest first, each at the lowest offset that is
/// free (Pisarchyk and Lee 2020, arXiv:2001.03288, "greedy by size"). `scratch_bytes`: of each layer.
MemoryPlan plan_memory(const Program& program, const std::vector<std::size_t>& scratch_bytes);

}  // namespace mtc::cpu
