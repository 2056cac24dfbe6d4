// SPDX-License-Identifier: Apache-2.0
#include "core/store/collector.hpp"

#include <algorithm>

#include "core/base/file.hpp"
#include "core/store/action_lock.hpp"

namespace mtc::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 64;
constexpr std::int64_t kQuarantineSeconds = std::int64_t{7} * 24 * 3600;

/// The entries of `folder`; none when there is no such folder.
std::vector<fs::path> paths_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code ignored;  // What cannot be listed stays.
  for (auto it = fs::directory_iterator(folder, ignored); it != fs::directory_iterator();
       it.increment(ignored))
    paths.push_back(it->path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// The bytes of a file or of a folder; 0 when it is gone.
std::uint64_t size_at(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t file = fs::file_size(path, error);
  if (!error) return file;
  const auto folder = bytes_under(path);
  return folder ? *folder : 0;
}

/// Removes lock files of actions whose holder was killed.
void remove_abandoned_locks(const fs::path& root) {
  for (const fs::path& shard : paths_in(root / "locks")) {
    for (const fs::path& file : paths_in(shard)) {
      // Taking a free lock and letting it go removes its file; one that cannot be taken stays.
      if (const auto name = file.filename().string(); is_digest(name))
        static_cast<void>(ActionLock::try_take(root, name));
    }
  }
}

}  // namespace

Result<CollectReport> Collector::run(const std::set<Digest>& pins) {
  MTC_TRY(uses_.read());
  MTC_ASSIGN(const Eviction eviction, choose(pins));
  report_.bytes_before = inventory_.total_bytes();
  report_.kept_in_use = eviction.in_use.size() + eviction.checkpoints_in_use;
  report_.kept_pinned = eviction.pinned.size() + eviction.checkpoints_pinned;
  MTC_ASSIGN(aside_, state_.session.take_folder(state_.layout.tmp()));
  const auto work = [&]() -> Result<void> {
    MTC_TRY(remove_entries(eviction));
    MTC_TRY(remove_blobs(eviction));
    MTC_TRY(remove_rest());
    return finish(eviction);
  };
  auto worked = work();
  state_.session.give_back(aside_);
  if (!worked) return std::move(worked).error();
  return report_;
}

Result<Eviction> Collector::choose(const std::set<Digest>& pins) {
  EvictionFacts facts;
  facts.now_unix_s = state_.clock.now_unix_s();
  facts.last_use = [this](const Digest& key) { return uses_.last_use(key); };
  facts.in_use = [this](const Digest& key) { return uses_.in_use({Use::Kind::key, key}); };
  facts.pinned = [&pins](const Digest& key) { return pins.contains(key); };
  facts.run_in_use = [this](const std::string& run) { return uses_.in_use({Use::Kind::run, run}); };
  MTC_ASSIGN(inventory_, take_inventory(state_.layout, facts.now_unix_s));
  return choose_evictions(inventory_, policy_, facts);
}

Result<void> Collector::remove_entries(const Eviction& eviction) {
  std::vector<Victim> victims;
  for (const std::size_t index : eviction.entries) {
    const Entry& entry = inventory_.entries[index];
    victims.push_back({entry.file,
                       entry.file_bytes,
                       {Use::Kind::key, entry.key},
                       entry.record ? &CollectReport::records : &CollectReport::results});
  }
  MTC_TRY(remove("results", victims));
  victims.clear();
  for (const std::size_t index : eviction.runs) {
    const RunFolder& run = inventory_.runs[index];
    victims.push_back(
        {state_.layout.runs() / run.id, run.bytes, {Use::Kind::run, run.id}, &CollectReport::runs});
  }
  for (const std::size_t index : eviction.checkpoints) {
    const KeptCheckpoints& kept = inventory_.checkpoints[index];
    victims.push_back({state_.layout.checkpoints(kept.key),
                       kept.bytes,
                       {Use::Kind::key, kept.key},
                       &CollectReport::checkpoints});
  }
  for (const Digest& key : eviction.documents)
    victims.push_back({state_.layout.action(key),
                       inventory_.documents.at(key),
                       {Use::Kind::key, key},
                       &CollectReport::documents});
  return remove("runs, checkpoints and documents", victims);
}

Result<void> Collector::remove_blobs(const Eviction& eviction) {
  const std::set<std::size_t> gone(eviction.entries.begin(), eviction.entries.end());
  for (std::size_t i = 0; i < inventory_.entries.size(); ++i) {
    if (!gone.contains(i))
      needed_.insert(inventory_.entries[i].blobs.begin(), inventory_.entries[i].blobs.end());
  }
  protect({uses_.in_use().begin(), uses_.in_use().end()});
  std::vector<Victim> victims;
  for (const auto& [digest, bytes] : inventory_.trees) {
    if (!needed_.contains(digest))
      victims.push_back(
          {state_.layout.tree(digest), bytes, {Use::Kind::blob, digest}, &CollectReport::trees});
  }
  for (const auto& [digest, bytes] : inventory_.blobs) {
    if (!needed_.contains(digest))
      victims.push_back(
          {state_.layout.blob(digest), bytes, {Use::Kind::blob, digest}, &CollectReport::blobs});
  }
  return remove("blobs", victims);
}

Result<void> Collector::remove_rest() {
  const auto now = fs::file_time_type::clock::now();
  std::vector<fs::path> old = inventory_.leftovers;
  for (const fs::path& entry : paths_in(state_.layout.quarantine())) {
    std::error_code ignored;  // What is gone meanwhile is young enough.
    if (now - fs::last_write_time(entry, ignored) > std::chrono::seconds(kQuarantineSeconds))
      old.push_back(entry);
  }
  for (const fs::path& path : old) {
    ++report_.rest.count;
    report_.rest.bytes += size_at(path);
    if (!policy_.dry_run) MTC_TRY(remove_tree(path));
  }
  for (const fs::path& path : inventory_.damaged) {
    ++report_.rest.count;
    if (!policy_.dry_run) state_.quarantine.put(path);
  }
  if (!policy_.dry_run) remove_abandoned_locks(state_.layout.root());
  return {};
}

Result<void> Collector::finish(const Eviction& eviction) {
  report_.bytes_after = report_.bytes_before;
  for (const Amount& amount : {report_.results, report_.records, report_.documents, report_.runs,
                               report_.checkpoints, report_.blobs, report_.trees, report_.rest})
    report_.bytes_after -= std::min(report_.bytes_after, amount.bytes);
  if (policy_.dry_run) return {};
  MTC_TRY(state_.size.set(report_.bytes_after));
  std::set<Digest> known;
  for (const auto& [key, bytes] : inventory_.documents) known.insert(key);
  for (const Digest& key : eviction.documents) known.erase(key);
  // What came while this worked is in files of living sessions, which stay.
  return uses_.fold([&known](const Digest& key) { return known.contains(key); });
}

Result<void> Collector::remove(std::string_view phase, const std::vector<Victim>& victims) {
  for (std::size_t at = 0; at < victims.size(); at += kBatch) {
    if (progress_) progress_(phase, at, victims.size(), "files");
    const std::size_t end = std::min(victims.size(), at + kBatch);
    MTC_TRY(remove_batch(victims.data() + at, victims.data() + end));
  }
  return {};
}

Result<void> Collector::remove_batch(const Victim* first, const Victim* last) {
  {
    MTC_ASSIGN(const FileLock gate, FileLock::lock(state_.layout.uses_lock()));
    MTC_ASSIGN(const std::vector<Use> fresh, uses_.read_more());
    protect(fresh);
    int number = 0;
    for (const Victim* victim = first; victim != last; ++victim) {
      if (kept(victim->use)) {
        if (victim->use.kind == Use::Kind::key) ++report_.kept_in_use;
        continue;
      }
      if (!policy_.dry_run) {
        const fs::path place = aside_ / std::to_string(number++);
        const auto moved = rename_path(victim->path, place, state_.file_system);
        if (!moved && moved.error().code == Code::not_found) continue;  // Found damaged by a run meanwhile.
        MTC_TRY(moved);
      }
      ++(report_.*victim->amount).count;
      (report_.*victim->amount).bytes += victim->bytes;
    }
  }
  for (const fs::path& path : paths_in(aside_)) MTC_TRY(remove_tree(path));
  return {};
}

bool Collector::kept(const Use& use) const {
  return use.kind == Use::Kind::blob ? needed_.contains(use.name) : uses_.in_use(use);
}

void Collector::protect(const std::vector<Use>& uses) {
  for (const Use& use : uses) {
    if (use.kind == Use::Kind::blob) needed_.insert(use.name);
    if (use.kind != Use::Kind::key) continue;
    for (const Entry& entry : entries_of(state_.layout, use.name))
      needed_.insert(entry.blobs.begin(), entry.blobs.end());
  }
}

}  // namespace mtc::store
