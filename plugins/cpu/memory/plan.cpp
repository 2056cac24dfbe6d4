// SPDX-License-Identifier: Apache-2.0
//
// Greedy placement by size.
#include "plugins/cpu/memory/plan.hpp"

#include <algorithm>
#include <numeric>

namespace mtc::cpu {
namespace {

struct Block {
  std::size_t bytes = 0;
  std::size_t first = 0, last = 0;  ///< Layers during which it is in use.
  std::size_t offset = 0;
};

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// A block for each storage (0 bytes outside of the arena or when unused), then one for each layer's scratch.
std::vector<Block> make_blocks(const Program& program, const std::vector<std::size_t>& scratch_bytes) {
  std::vector<Block> blocks(program.storages.size());
  std::vector<bool> used(program.storages.size(), false);
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    const auto touch = [&](std::size_t tensor) {
      const std::size_t id = program.tensors[tensor].storage;
      if (program.storages[id].kind != Storage::Kind::arena) return;
      if (!used[id]) blocks[id] = Block{aligned(program.storages[id].bytes), layer, layer, 0};
      used[id] = true;
      blocks[id].last = layer;
    };
    touch(program.layers[layer].output);
    for (const auto input : program.layers[layer].inputs) touch(input);
  }
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    blocks.push_back(Block{aligned(scratch_bytes[layer]), layer, layer, 0});
  }
  return blocks;
}

/// The lowest offset at which `block` overlaps none of `placed` that is in use at the same time.
std::size_t lowest_offset(const Block& block, const std::vector<Block>& blocks,
                          const std::vector<std::size_t>& placed) {
  std::vector<const Block*> rivals;
  for (const auto id : placed) {
    if (blocks[id].first <= block.last && block.first <= blocks[id].last) rivals.push_back(&blocks[id]);
  }
  std::ranges::stable_sort(rivals, {}, &Block::offset);
  std::size_t offset = 0;
  for (const auto* rival : rivals) {
    if (offset + block.bytes <= rival->offset) break;
    offset = std::max(offset, rival->offset + rival->bytes);
  }
  return offset;
}

}  // namespace

MemoryPlan plan_memory(const Program& program, const std::vector<std::size_t>& scratch_bytes) {
  std::vector<Block> blocks = make_blocks(program, scratch_bytes);
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return blocks[a].bytes > blocks[b].bytes; });
  MemoryPlan plan;
  std::vector<std::size_t> placed;
  for (const auto id : order) {
    if (blocks[id].bytes == 0) continue;
    blocks[id].offset = lowest_offset(blocks[id], blocks, placed);
    plan.arena_bytes = std::max(plan.arena_bytes, blocks[id].offset + blocks[id].bytes);
    placed.push_back(id);
  }
  for (std::size_t id = 0; id < blocks.size(); ++id) {
    (id < program.storages.size() ? plan.offset : plan.scratch).push_back(blocks[id].offset);
  }
  return plan;
}

}  // namespace mtc::cpu
