// SPDX-License-Identifier: Apache-2.0
//
// The work of gc: takes away what was chosen, beside runs that go on. Internal to core/store.
//
// Entries go before the blobs that they need: a kill in between leaves blobs that nothing names, for the next
// gc. Everything is moved aside under uses.lock, after a last look at what is in use by then (lease.hpp), and
// removed without the lock.
#pragma once

#include <set>
#include <vector>

#include "core/store/eviction.hpp"
#include "core/store/inventory.hpp"
#include "core/store/state.hpp"
#include "core/store/upkeep.hpp"
#include "core/store/use_log.hpp"

namespace mtc::store {

class Collector {
 public:
  /// The caller holds collect.lock.
  Collector(Store::State& state, const CollectPolicy& policy, const UpkeepProgress& progress)
      : state_(state), policy_(policy), progress_(progress), uses_(state.layout) {}

  Result<CollectReport> run(const std::set<Digest>& pins);

 private:
  /// A file or folder to take away, and by what use it would be kept.
  struct Victim {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    Use use;
    Amount CollectReport::*amount;
  };

  Result<Eviction> choose(const std::set<Digest>& pins);
  Result<void> remove_entries(const Eviction& eviction);
  Result<void> remove_blobs(const Eviction& eviction);
  Result<void> remove_rest();
  Result<void> finish(const Eviction& eviction);

  Result<void> remove(std::string_view phase, const std::vector<Victim>& victims);
  Result<void> remove_batch(const Victim* first, const Victim* last);
  [[nodiscard]] bool kept(const Use& use) const;
  void protect(const std::vector<Use>& uses);

  Store::State& state_;
  const CollectPolicy& policy_;
  const UpkeepProgress& progress_;
  UseLog uses_;
  Inventory inventory_;
  std::set<Digest> needed_;  ///< Blobs that stay.
  std::filesystem::path aside_;
  CollectReport report_;
};

}  // namespace mtc::store
