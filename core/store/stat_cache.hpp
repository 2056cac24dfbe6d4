// SPDX-License-Identifier: Apache-2.0
//
// stat.db: which digest a file had when its device, inode, size, mtime and ctime were these. It only saves
// time: any error of SQLite, and any row that does not fit its own checksum, means "not known", never a wrong
// digest.
//
// A power cut may leave a file with the state that it should have and without its content. So a row counts
// only until the next start of the machine, unless it is settled: the file was fsynced, or was read again
// after a start and was still the same, so that its content came from the disk.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.hpp"

namespace mtc::store {

/// What tells one state of a file's content from another.
struct FileIdentity {
  std::int64_t device = 0;
  std::int64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;

  explicit FileIdentity(const struct stat& status);
  FileIdentity() = default;
  bool operator==(const FileIdentity&) const = default;
};

/// Safe from any thread and any number of processes.
class StatCache {
 public:
  /// Nothing is opened before the first use. `boot` is this start of the machine (boot_id()).
  StatCache(std::filesystem::path file, std::string boot);
  ~StatCache();
  StatCache(const StatCache&) = delete;
  StatCache& operator=(const StatCache&) = delete;

  std::optional<Digest> find(const FileIdentity& identity);
  /// Remembers; written by flush(), by the destructor, and whenever kBatch entries wait.
  void record(const FileIdentity& identity, const Digest& digest);
  /// The same for a file that was fsynced.
  void record_synced(const FileIdentity& identity, const Digest& digest);
  /// Writes what waits, in one transaction. What cannot be written is dropped: it costs a hash later.
  void flush();
  /// Forgets everything and removes the file.
  void clear();
  /// What went wrong so far, for a log; each reason once.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  static constexpr std::size_t kBatch = 256;
  struct Database;
  /// What is known of one file: its state, its digest, and the start of the machine up to whose end that
  /// holds; none when it is settled.
  struct Row {
    FileIdentity identity;
    Digest digest;
    std::string boot;
    bool operator==(const Row&) const = default;
  };
  Database* database();
  std::optional<Row> select(const FileIdentity& identity);
  void keep(Row row);
  void flush_locked();
  void failed(int code);
  void remove_files() const;

  mutable std::mutex mutex_;
  std::filesystem::path file_;
  std::string boot_;
  std::unique_ptr<Database> database_;
  bool broken_ = false;  ///< No further attempts in this process.
  using Rows = std::map<std::pair<std::int64_t, std::int64_t>, Row>;
  Rows known_;    ///< All that this process may trust, by device and inode.
  Rows pending_;  ///< What of it is not written yet.
  Rows earlier_;  ///< What was found from an earlier start and has to be read again.
  std::vector<std::string> notes_;
};

}  // namespace mtc::store
