// SPDX-License-Identifier: Apache-2.0
//
// The content-addressed store on a local disk.
//
//   cas/ab/<digest>        a blob, mode 0444, named by the SHA-256 of its content
//   ac/ab/<key>            the result of an action: JSON {"outputs": [{name,digest,bytes,folder}],
//                          "metrics": {…}}
//   actions/ab/<key>       the action document whose SHA-256 is <key>
//   trees/ab/<digest>/     a folder output laid out from its blobs (hard links), made on demand
//   records/ab/<key>/      measurements: <time>.json, never answered as hits
//   checkpoints/ab/<key>/  what an attempt reached that did not end well
//   runs/<id>/             run.json, events.jsonl, actions.jsonl, <action>.log
//   tmp/                   staging, one private folder a writer
//   stat.db                (device, inode, size, mtime, ctime) → digest, SQLite
//
// Everything is written to tmp/ and renamed, results last: a kill at any instant leaves no wrong entry. What
// a power cut left is found out by its content: results carry a checksum, blobs are hashed again at the first
// use after a start of the machine (stat_cache.hpp). A folder's digest is the SHA-256 of its listing: sorted
// lines "mode digest path\n" (tree_listing.hpp); the listing is itself a blob.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc {
class Clock;
class FileSystem;
}  // namespace mtc

namespace mtc::store {

struct StoredOutput {
  std::string name;
  Digest digest;
  std::uint64_t bytes = 0;  ///< Of a folder: the sum of its files.
  bool folder = false;
};

struct ActionResult {
  std::vector<StoredOutput> outputs;
  std::map<std::string, double> metrics;
  double seconds = 0;  ///< How long the worker ran.
};

/// Safe from any thread, and for any number of processes on one root. A moved-from Store may only be
/// destroyed or assigned to.
class Store {
 public:
  /// What a test replaces. The real ones by default; they must outlive the store.
  struct Seams {
    FileSystem* file_system = nullptr;
    const Clock* clock = nullptr;
    std::string boot = {};  ///< Which start of the machine this is; boot_id() when empty.
  };

  /// Opens `root`, creating it if absent. Errors: permission_denied; failed_precondition for a newer layout;
  /// unavailable while clear() runs in another process.
  static Result<Store> open(const std::filesystem::path& root);
  static Result<Store> open(const std::filesystem::path& root, Seams seams);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  [[nodiscard]] const std::filesystem::path& root() const;

  /// Digest of a user's file, from stat.db where the file is unchanged since; entries younger than 2 s are
  /// not trusted.
  Result<Digest> file_digest(const std::filesystem::path& file);

  /// The result of `key`: nullopt on a miss. An entry that cannot be read, or whose blobs are absent or of
  /// the wrong size, is quarantined (moved to tmp/…, counted by corrupt()) and is a miss. Errors:
  /// resource_exhausted (no descriptor or memory left).
  Result<std::optional<ActionResult>> find(const Digest& key);

  /// A private folder in tmp/ for the outputs of one attempt, without files; give it back with discard().
  /// What folders an attempt made in it may still be there, empty, for the next.
  Result<std::filesystem::path> stage();
  void discard(const std::filesystem::path& staging);

  /// Takes files and folders `outputs` (name → path within `staging`) in, and returns what they are. Nothing
  /// is published under a key yet. Errors: not_found when one is missing; resource_exhausted (disk full).
  Result<std::vector<StoredOutput>> add(
      const std::filesystem::path& staging,
      const std::vector<std::pair<std::string, std::filesystem::path>>& outputs);

  /// Publishes `result` for the action whose document is `document` (its digest is the key). Blobs first,
  /// result last. A result that took kDurableSeconds or longer outlasts a power cut when this returns; of a
  /// cheaper one a power cut may leave a miss.
  static constexpr double kDurableSeconds = 1.0;
  Result<void> publish(std::string_view document, const ActionResult& result);
  /// The action document of `key`, if it was kept. record_document keeps one without a result.
  Result<std::optional<std::string>> document(const Digest& key);
  Result<void> record_document(std::string_view document);

  /// Read-only path of a blob, or of a folder output laid out under trees/.
  Result<std::filesystem::path> path(const StoredOutput& output);

  /// Copies an output to `destination` for people (reflink, else copy; mode 0644/0755), replacing what is
  /// there when it differs. Nothing is written when it is the same already (by stat.db).
  Result<void> materialise(const StoredOutput& output, const std::filesystem::path& destination);

  /// The folder for the checkpoints of the action whose document is `document`
  /// (core/base/checkpoint_folder.hpp says what lies in it), made when absent. The caller holds the action's
  /// lock. publish() removes it.
  Result<std::filesystem::path> checkpoints(std::string_view document);
  /// After an attempt: counts what it left there, and removes a folder without a checkpoint. Whether there is
  /// one.
  Result<bool> settle_checkpoints(const Digest& key);

  /// Measurements: add one; the newest of `key`.
  struct Record {
    ActionResult result;
    std::int64_t unix_time = 0;
  };
  Result<void> add_record(std::string_view document, const ActionResult& result);
  Result<std::optional<Record>> newest_record(const Digest& key);

  /// A folder for a run: runs/<id>; ids sort in the order of these calls, by time unless the clock went back.
  /// newest_run(): nullopt when there is none.
  Result<std::pair<std::string, std::filesystem::path>> new_run();
  Result<std::optional<std::filesystem::path>> newest_run();
  /// The ids of all runs, the newest first; the folder of one.
  Result<std::vector<std::string>> runs();
  [[nodiscard]] std::filesystem::path run_folder(const std::string& id) const;

  /// Bytes on disk, as known without a walk where there was one (size_ledger.hpp).
  Result<std::uint64_t> bytes();
  /// Removes everything. Errors: unavailable while another run uses the store.
  Result<void> clear();

  /// When the result of `key` was last moved to the quarantine, in milliseconds since 1970; nullopt when it
  /// does not lie there.
  [[nodiscard]] std::optional<std::int64_t> quarantined_unix_ms(const Digest& key) const;
  /// Entries found damaged since open.
  [[nodiscard]] std::uint64_t corrupt() const;
  /// What went wrong without harm since open (stat.db unreadable …), one sentence each, for the log.
  [[nodiscard]] std::vector<std::string> notes() const;

  struct State;  ///< state.hpp; for core/store.

 private:
  friend class Upkeep;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mtc::store
