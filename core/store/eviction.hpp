// SPDX-License-Identifier: Apache-2.0
//
// The choice of what gc removes, from what lies in the store and when it was used: no files are touched.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/store/inventory.hpp"
#include "core/store/upkeep.hpp"

namespace mtc::store {

/// Indices into the inventory, and what would remain.
struct Eviction {
  std::vector<std::size_t> entries;
  std::vector<std::size_t> runs;
  std::vector<std::size_t> checkpoints;
  std::vector<Digest> documents;
  std::vector<std::size_t> in_use;  ///< Entries that were due, and stay.
  std::vector<std::size_t> pinned;
  std::size_t checkpoints_in_use = 0;  ///< The same, counted alone.
  std::size_t checkpoints_pinned = 0;
  std::uint64_t bytes_left = 0;
};

/// What the choice rests on besides the inventory.
struct EvictionFacts {
  std::int64_t now_unix_s = 0;
  std::function<std::int64_t(const Digest& key)> last_use;  ///< Unix seconds; 0 when nothing is known.
  std::function<bool(const Digest& key)> in_use;
  std::function<bool(const Digest& key)> pinned;
  std::function<bool(const std::string& run)> run_in_use;
};

/// Chooses entries, checkpoints and runs by age of their last use, the oldest first: those beyond the age,
/// and as many as the size asks for. Checkpoints of an action that has a result go in any case. A blob counts
/// as freed when the last entry that needs it goes; blobs that no entry needs count as freed from the start.
/// A document goes after its last entry, by the same rules; until then it says why an action runs again.
Eviction choose_evictions(const Inventory& inventory, const CollectPolicy& policy,
                          const EvictionFacts& facts);

}  // namespace mtc::store
