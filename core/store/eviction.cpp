// SPDX-License-Identifier: Apache-2.0
#include "core/store/eviction.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace mtc::store {

namespace {

/// One thing that may go.
struct Item {
  enum class Kind { entry, run, checkpoints, document };
  std::int64_t used_unix_s = 0;
  Kind kind = Kind::entry;
  std::size_t index = 0;
  Digest key;
  bool operator<(const Item& other) const {
    return std::tie(used_unix_s, kind, index, key) <
           std::tie(other.used_unix_s, other.kind, other.index, other.key);
  }
};

class Chooser {
 public:
  Chooser(const Inventory& inventory, const CollectPolicy& policy, const EvictionFacts& facts)
      : inventory_(inventory), policy_(policy), facts_(facts) {
    eviction_.bytes_left = inventory.total_bytes();
    for (const Entry& entry : inventory.entries) {
      ++entries_of_[entry.key];
      if (entry.record) newest_[entry.key] = std::max(newest_[entry.key], entry.made_unix_s);
      if (!entry.record) done_.insert(entry.key);
      for (const Digest& digest : entry.blobs) ++needed_[digest];
    }
    for (const KeptCheckpoints& item : inventory.checkpoints) ++entries_of_[item.key];
    for (const auto& [digest, bytes] : inventory.blobs) {
      if (!needed_.contains(digest)) free_blob(digest);
    }
    for (const auto& [digest, bytes] : inventory.trees) {
      if (!inventory.blobs.contains(digest)) eviction_.bytes_left -= bytes;
    }
  }

  Eviction run() {
    const auto items = entries_and_runs();
    const auto is_done = [this](const Item& item) {
      return item.kind == Item::Kind::checkpoints && done_.contains(item.key);
    };
    for (const Item& item : items) {
      if (is_done(item)) take_checkpoints(item, true);  // Of no use, so before anything that is.
    }
    for (const Item& item : items) {
      if (is_done(item) || !due(item)) continue;
      if (item.kind == Item::Kind::run)
        take_run(item);
      else if (item.kind == Item::Kind::checkpoints)
        take_checkpoints(item, false);
      else
        take_entry(item);
    }
    for (const Item& item : lone_documents()) {
      if (!due(item) || kept(item.key)) continue;
      eviction_.documents.push_back(item.key);
      eviction_.bytes_left -= inventory_.documents.at(item.key);
    }
    return std::move(eviction_);
  }

 private:
  /// When it was used last: as the log says, else when it was made. Of measurements only the newest is used.
  [[nodiscard]] std::int64_t used_unix_s(const Entry& entry) const {
    if (entry.record && entry.made_unix_s != newest_.at(entry.key)) return entry.made_unix_s;
    const std::int64_t last = facts_.last_use(entry.key);
    return last == 0 ? entry.made_unix_s : last;
  }

  [[nodiscard]] bool kept(const Digest& key) const { return facts_.pinned(key) || facts_.in_use(key); }

  [[nodiscard]] bool due(const Item& item) const {
    const bool old = policy_.older_than_s && facts_.now_unix_s - item.used_unix_s > *policy_.older_than_s;
    return old || (policy_.max_bytes && eviction_.bytes_left > *policy_.max_bytes);
  }

  [[nodiscard]] std::vector<Item> entries_and_runs() const {
    std::vector<Item> items;
    for (std::size_t i = 0; i < inventory_.entries.size(); ++i) {
      const Entry& entry = inventory_.entries[i];
      items.push_back({used_unix_s(entry), Item::Kind::entry, i, entry.key});
    }
    for (std::size_t i = 0; i < inventory_.runs.size(); ++i)
      items.push_back({inventory_.runs[i].made_unix_s, Item::Kind::run, i, {}});
    for (std::size_t i = 0; i < inventory_.checkpoints.size(); ++i) {
      const KeptCheckpoints& kept = inventory_.checkpoints[i];
      items.push_back(
          {std::max(kept.made_unix_s, facts_.last_use(kept.key)), Item::Kind::checkpoints, i, kept.key});
    }
    std::sort(items.begin(), items.end());
    return items;
  }

  [[nodiscard]] std::vector<Item> lone_documents() const {
    std::vector<Item> items;
    for (const auto& [key, bytes] : inventory_.documents) {
      const auto entries = entries_of_.find(key);
      if (entries == entries_of_.end() || entries->second == 0)
        items.push_back({facts_.last_use(key), Item::Kind::document, 0, key});
    }
    std::sort(items.begin(), items.end());
    return items;
  }

  void take_run(const Item& item) {
    const RunFolder& run = inventory_.runs[item.index];
    if (facts_.run_in_use(run.id)) return;
    eviction_.runs.push_back(item.index);
    eviction_.bytes_left -= run.bytes;
  }

  /// `done`: the action has a result, so that only a run which makes it again could need them.
  void take_checkpoints(const Item& item, bool done) {
    if (facts_.in_use(item.key)) {
      ++eviction_.checkpoints_in_use;
    } else if (!done && facts_.pinned(item.key)) {
      ++eviction_.checkpoints_pinned;
    } else {
      eviction_.checkpoints.push_back(item.index);
      eviction_.bytes_left -= inventory_.checkpoints[item.index].bytes;
      --entries_of_[item.key];
    }
  }

  void take_entry(const Item& item) {
    const Entry& entry = inventory_.entries[item.index];
    if (facts_.pinned(entry.key)) {
      eviction_.pinned.push_back(item.index);
    } else if (facts_.in_use(entry.key)) {
      eviction_.in_use.push_back(item.index);
    } else {
      eviction_.entries.push_back(item.index);
      eviction_.bytes_left -= entry.file_bytes;
      --entries_of_[entry.key];
      for (const Digest& digest : entry.blobs) {
        if (--needed_[digest] == 0) free_blob(digest);
      }
    }
  }

  /// Counts a blob as freed, with the folder laid out from it.
  void free_blob(const Digest& digest) {
    const auto blob = inventory_.blobs.find(digest);
    if (blob != inventory_.blobs.end()) eviction_.bytes_left -= blob->second;
    const auto tree = inventory_.trees.find(digest);
    if (tree != inventory_.trees.end() && blob != inventory_.blobs.end())
      eviction_.bytes_left -= tree->second;
  }

  const Inventory& inventory_;
  const CollectPolicy& policy_;
  const EvictionFacts& facts_;
  std::map<Digest, std::size_t> needed_;      ///< How many entries need a blob.
  std::map<Digest, std::size_t> entries_of_;  ///< How many entries a key has; checkpoints count as one.
  std::set<Digest> done_;                     ///< Keys that have a result.
  std::map<Digest, std::int64_t> newest_;     ///< When the newest measurement of a key was made.
  Eviction eviction_;
};

}  // namespace

Eviction choose_evictions(const Inventory& inventory, const CollectPolicy& policy,
                          const EvictionFacts& facts) {
  return Chooser(inventory, policy, facts).run();
}

}  // namespace mtc::store
