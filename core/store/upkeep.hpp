// SPDX-License-Identifier: Apache-2.0
//
// Looking after a store (`mtc cache`): what it holds, what of it is damaged, and what can go. Safe beside any
// number of runs on the same store, in this process and in others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/checkpoint_folder.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// Files of one kind.
struct Amount {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

struct StoreStats {
  Amount blobs;
  Amount unreferenced;  ///< Of the blobs: those that no result and no measurement names.
  Amount results;
  Amount records;
  Amount documents;
  Amount trees;  ///< Folders laid out; bytes that they do not share with blobs.
  Amount runs;
  Amount checkpoints;  ///< Of actions that did not end well.
  std::uint64_t staging_bytes = 0;
  std::uint64_t quarantine_bytes = 0;
  std::uint64_t other_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t damaged = 0;  ///< Entries that cannot be read; verify() says more.
  std::uint64_t pinned = 0;
  std::uint64_t sessions = 0;  ///< Other processes that use the store now.
};

/// A result or a measurement, for a list.
struct ListedEntry {
  std::string kind;  ///< From its document: stage compile predict measure package; "?" without one.
  std::string name;  ///< quantize.ptq, or a target's id.
  Digest key;
  bool record = false;
  std::uint64_t bytes = 0;  ///< Of its outputs.
  std::int64_t made_unix_s = 0;
  std::int64_t used_unix_s = 0;
  bool pinned = false;
  bool whole = true;  ///< Its blobs are there.
  ActionResult result;
};

/// All that is known of one action.
struct ShownEntry {
  Digest key;
  std::optional<std::string> document;
  std::vector<ListedEntry> entries;      ///< The result, then measurements by time.
  std::optional<Checkpoint> checkpoint;  ///< From which its next run continues.
};

struct Damage {
  std::string kind;  ///< blob result record document tree checkpoint
  std::filesystem::path path;
  std::string what;
  bool repaired = false;
};

struct VerifyReport {
  Amount blobs;
  std::uint64_t results = 0;
  std::uint64_t records = 0;
  std::uint64_t documents = 0;
  std::uint64_t trees = 0;
  std::uint64_t checkpoints = 0;
  std::vector<Damage> damage;

  /// Whether nothing is damaged, or nothing any more.
  [[nodiscard]] bool clean() const;
};

/// What may go. Without a limit only what nothing refers to goes.
struct CollectPolicy {
  std::optional<std::uint64_t> max_bytes;    ///< Least recently used first, until the store is no larger.
  std::optional<std::int64_t> older_than_s;  ///< What was not used for so long.
  bool dry_run = false;                      ///< Counts and removes nothing.
};

struct CollectReport {
  Amount results;  ///< Removed; so are the others.
  Amount records;
  Amount documents;
  Amount runs;
  Amount checkpoints;
  Amount blobs;
  Amount trees;
  Amount rest;                    ///< Damaged entries, what killed processes left, old quarantine.
  std::uint64_t kept_in_use = 0;  ///< Results, measurements and checkpoints due, but in use by a run.
  std::uint64_t kept_pinned = 0;  ///< The same, pinned.
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};

/// How far a long piece of work is: `done` of `total` `unit`s.
using UpkeepProgress = std::function<void(std::string_view phase, std::uint64_t done, std::uint64_t total,
                                          std::string_view unit)>;

class Upkeep {
 public:
  /// `store` outlives this object.
  explicit Upkeep(Store& store) : store_(store) {}

  Result<StoreStats> stats();
  /// Results and measurements, the last used first.
  Result<std::vector<ListedEntry>> list();
  /// The action whose key begins with `prefix` (4 digits or more). Errors: invalid_argument, not_found, and
  /// already_exists when several begin so.
  Result<ShownEntry> show(std::string_view prefix);

  /// Reads every blob, result, measurement, document, folder and checkpoint that no run writes now, and names
  /// what is damaged. With `repair` that is moved to the quarantine, with the entries that need it: their
  /// actions run again. Errors: unavailable while another verify() or collect() works.
  Result<VerifyReport> verify(bool repair, const UpkeepProgress& progress);

  /// Removes what `policy` lets go. What a run of now uses stays, and what is pinned. Errors: unavailable
  /// while another verify() or collect() works.
  Result<CollectReport> collect(const CollectPolicy& policy, const UpkeepProgress& progress);

  /// Keeps the action whose key begins with `key_or_run`, or all actions of that run, from collect(). Returns
  /// the keys. Errors: as show(); not_found for a run that the store does not have.
  Result<std::vector<Digest>> pin(std::string_view key_or_run);
  Result<std::vector<Digest>> unpin(std::string_view key_or_run);
  /// The pinned keys, sorted.
  Result<std::vector<Digest>> pins();

 private:
  Result<std::vector<Digest>> keys_of(std::string_view key_or_run);
  Result<Digest> key_of(std::string_view prefix);

  Store& store_;
};

}  // namespace mtc::store
