// SPDX-License-Identifier: Apache-2.0
#include "core/store/upkeep.hpp"

#include <algorithm>
#include <set>

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/store/collector.hpp"
#include "core/store/inventory.hpp"
#include "core/store/state.hpp"
#include "core/store/use_log.hpp"
#include "core/store/verifier.hpp"

namespace mtc::store {

namespace {

namespace fs = std::filesystem;

/// One at a time: what checks and what removes must not meet.
Result<FileLock> lock_upkeep(const Layout& layout) {
  MTC_ASSIGN(std::optional<FileLock> lock, FileLock::try_lock(layout.collect_lock()));
  if (lock) return *std::move(lock);
  return Error{Code::unavailable, "another mtc cache verify or gc works at the store", layout.root().string(),
               "wait until it ends, then try again", true};
}

/// The value of the first line "<word> <value>" of an action document.
std::string word_of(const std::optional<std::string>& document, std::string_view word) {
  if (!document) return "?";
  for (const std::string& line : split(*document, '\n')) {
    if (line.size() > word.size() && line.rfind(word, 0) == 0 && line[word.size()] == ' ')
      return line.substr(word.size() + 1);
  }
  return "?";
}

Amount amount_of(const std::map<Digest, std::uint64_t>& sizes) {
  Amount amount;
  for (const auto& [digest, bytes] : sizes) {
    ++amount.count;
    amount.bytes += bytes;
  }
  return amount;
}

ListedEntry listed(Entry entry, const std::optional<std::string>& document, std::int64_t last_use,
                   const std::set<Digest>& pinned) {
  ListedEntry item;
  item.kind = word_of(document, "kind");
  item.name = word_of(document, "name");
  item.record = entry.record;
  item.made_unix_s = entry.made_unix_s;
  item.used_unix_s = last_use == 0 ? entry.made_unix_s : last_use;
  item.pinned = pinned.contains(entry.key);
  item.whole = entry.whole;
  for (const StoredOutput& output : entry.result.outputs) item.bytes += output.bytes;
  item.key = std::move(entry.key);
  item.result = std::move(entry.result);
  return item;
}

}  // namespace

bool VerifyReport::clean() const {
  return std::all_of(damage.begin(), damage.end(), [](const Damage& item) { return item.repaired; });
}

Result<StoreStats> Upkeep::stats() {
  Store::State& state = *store_.state_;
  UseLog uses(state.layout);
  MTC_TRY(uses.read());
  MTC_ASSIGN(const Inventory inventory, take_inventory(state.layout, state.clock.now_unix_s()));
  StoreStats stats;
  stats.blobs = amount_of(inventory.blobs);
  stats.unreferenced = stats.blobs;
  std::set<Digest> needed;
  for (const Entry& entry : inventory.entries) {
    Amount& amount = entry.record ? stats.records : stats.results;
    ++amount.count;
    amount.bytes += entry.file_bytes;
    needed.insert(entry.blobs.begin(), entry.blobs.end());
  }
  for (const Digest& digest : needed) {
    const auto blob = inventory.blobs.find(digest);
    if (blob == inventory.blobs.end()) continue;
    --stats.unreferenced.count;
    stats.unreferenced.bytes -= blob->second;
  }
  stats.documents = amount_of(inventory.documents);
  stats.trees = amount_of(inventory.trees);
  for (const RunFolder& run : inventory.runs) {
    ++stats.runs.count;
    stats.runs.bytes += run.bytes;
  }
  for (const KeptCheckpoints& item : inventory.checkpoints) {
    ++stats.checkpoints.count;
    stats.checkpoints.bytes += item.bytes;
  }
  stats.staging_bytes = inventory.staging_bytes;
  stats.quarantine_bytes = inventory.quarantine_bytes;
  stats.other_bytes = inventory.other_bytes;
  stats.total_bytes = inventory.total_bytes();
  stats.damaged = inventory.damaged.size();
  MTC_ASSIGN(const std::vector<Digest> pinned, pins());
  stats.pinned = pinned.size();
  stats.sessions = uses.living();
  MTC_TRY(state.size.set(stats.total_bytes));
  return stats;
}

Result<std::vector<ListedEntry>> Upkeep::list() {
  Store::State& state = *store_.state_;
  UseLog uses(state.layout);
  MTC_TRY(uses.read());
  MTC_ASSIGN(Inventory inventory, take_inventory(state.layout, state.clock.now_unix_s()));
  MTC_ASSIGN(const std::vector<Digest> pinned, pins());
  const std::set<Digest> pinned_keys(pinned.begin(), pinned.end());
  std::vector<ListedEntry> items;
  for (Entry& entry : inventory.entries) {
    const auto document = read_file(state.layout.action(entry.key));
    const std::int64_t last_use = entry.record ? 0 : uses.last_use(entry.key);
    items.push_back(
        listed(std::move(entry), document ? std::optional(*document) : std::nullopt, last_use, pinned_keys));
  }
  std::stable_sort(items.begin(), items.end(), [](const ListedEntry& a, const ListedEntry& b) {
    return std::tie(b.used_unix_s, a.name, a.key) < std::tie(a.used_unix_s, b.name, b.key);
  });
  return items;
}

Result<ShownEntry> Upkeep::show(std::string_view prefix) {
  Store::State& state = *store_.state_;
  ShownEntry shown;
  MTC_ASSIGN(shown.key, key_of(prefix));
  const auto document = read_file(state.layout.action(shown.key));
  if (document) shown.document = *document;
  UseLog uses(state.layout);
  MTC_TRY(uses.read());
  MTC_ASSIGN(const std::vector<Digest> pinned, pins());
  const std::set<Digest> pinned_keys(pinned.begin(), pinned.end());
  for (Entry& entry : entries_of(state.layout, shown.key)) {
    for (const Digest& digest : entry.blobs) {
      std::error_code error;
      entry.whole = entry.whole && fs::exists(state.layout.blob(digest), error);
    }
    const std::int64_t last_use = entry.record ? 0 : uses.last_use(entry.key);
    shown.entries.push_back(listed(std::move(entry), shown.document, last_use, pinned_keys));
  }
  std::vector<Error> damaged;  // verify() names them.
  auto checkpoint = newest_checkpoint(state.layout.checkpoints(shown.key), damaged);
  if (checkpoint) shown.checkpoint = *std::move(checkpoint);
  return shown;
}

Result<VerifyReport> Upkeep::verify(bool repair, const UpkeepProgress& progress) {
  MTC_ASSIGN(const FileLock lock, lock_upkeep(store_.state_->layout));
  return Verifier(*store_.state_, repair, progress).run();
}

Result<CollectReport> Upkeep::collect(const CollectPolicy& policy, const UpkeepProgress& progress) {
  MTC_ASSIGN(const FileLock lock, lock_upkeep(store_.state_->layout));
  MTC_ASSIGN(const std::vector<Digest> pinned, pins());
  return Collector(*store_.state_, policy, progress).run({pinned.begin(), pinned.end()});
}

}  // namespace mtc::store
