// SPDX-License-Identifier: Apache-2.0
#include "core/store/stat_cache.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sqlite3.h>

namespace mtc::store {

namespace {

constexpr int kBusyTimeoutMs = 250;
constexpr std::size_t kChecksumDigits = 16;

// Without fsync: what a power cut leaves of it fails its checksum, or is an old row, which is still true.
constexpr const char* kSchema =
    "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;"
    "CREATE TABLE IF NOT EXISTS known (device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER,"
    " ctime_ns INTEGER, digest TEXT, boot TEXT, checksum TEXT, PRIMARY KEY (device, inode)) WITHOUT ROWID;";
constexpr const char* kSelect =
    "SELECT size, mtime_ns, ctime_ns, digest, boot, checksum FROM known WHERE device = ? AND inode = ?";
constexpr const char* kReplace = "REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

std::string checksum_of(const FileIdentity& id, const Digest& digest, std::string_view boot) {
  return digest_of(fmt::format("{} {} {} {} {} {} {}", id.device, id.inode, id.size, id.mtime_ns, id.ctime_ns,
                               digest, boot))
      .substr(0, kChecksumDigits);
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

struct StatementDeleter {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

/// Ends the use of a statement, so that it holds no lock until the next.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  ~Reset() { sqlite3_reset(statement_); }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* statement_;
};

std::string text_column(sqlite3_stmt* statement, int column) {
  const unsigned char* text = sqlite3_column_text(statement, column);
  if (text == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return {text, text + size};
}

}  // namespace

FileIdentity::FileIdentity(const struct stat& status)
    : device(static_cast<std::int64_t>(status.st_dev)),
      inode(static_cast<std::int64_t>(status.st_ino)),
      size(status.st_size),
      mtime_ns(nanoseconds(status.st_mtim)),
      ctime_ns(nanoseconds(status.st_ctim)) {}

struct StatCache::Database {
  struct Closer {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::unique_ptr<sqlite3, Closer> connection;  // Before the statements: they are finalized first.
  Statement select;
  Statement replace;

  /// SQLITE_OK, or the code of the failure.
  int open(const std::filesystem::path& file) {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(
        file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    connection.reset(raw);
    if (opened != SQLITE_OK) return opened;
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    if (const int code = run(kSchema); code != SQLITE_OK) return code;
    if (const int code = prepare(kSelect, select); code != SQLITE_OK) return code;
    return prepare(kReplace, replace);
  }

  int run(const char* sql) const { return sqlite3_exec(connection.get(), sql, nullptr, nullptr, nullptr); }

  int prepare(const char* sql, Statement& statement) const {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement.reset(raw);
    return code;
  }

  int write(const FileIdentity& id, const Digest& digest, const std::string& boot) const {
    sqlite3_stmt* row = replace.get();
    const Reset reset(row);
    sqlite3_bind_int64(row, 1, id.device);
    sqlite3_bind_int64(row, 2, id.inode);
    sqlite3_bind_int64(row, 3, id.size);
    sqlite3_bind_int64(row, 4, id.mtime_ns);
    sqlite3_bind_int64(row, 5, id.ctime_ns);
    const std::string checksum = checksum_of(id, digest, boot);
    // The strings outlive the step below.
    sqlite3_bind_text(row, 6, digest.data(), static_cast<int>(digest.size()), nullptr);
    sqlite3_bind_text(row, 7, boot.data(), static_cast<int>(boot.size()), nullptr);
    sqlite3_bind_text(row, 8, checksum.data(), static_cast<int>(checksum.size()), nullptr);
    const int code = sqlite3_step(row);
    return code == SQLITE_DONE ? SQLITE_OK : code;
  }
};

StatCache::StatCache(std::filesystem::path file, std::string boot)
    : file_(std::move(file)), boot_(std::move(boot)) {}

StatCache::~StatCache() { flush(); }

StatCache::Database* StatCache::database() {
  if (database_ || broken_) return database_.get();
  auto opened = std::make_unique<Database>();
  if (const int code = opened->open(file_); code != SQLITE_OK) {
    failed(code);
    return nullptr;
  }
  database_ = std::move(opened);
  return database_.get();
}

void StatCache::failed(int code) {
  std::string note =
      fmt::format("{}: {}; file digests are computed anew", file_.string(), sqlite3_errstr(code));
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return;  // Somebody else writes; the next call may succeed.
  broken_ = true;
  database_.reset();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) remove_files();  // The next process starts afresh.
}

void StatCache::remove_files() const {
  std::error_code ignored;  // Left behind, they are found damaged again next time, and nothing worse.
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix, ignored);
}

std::optional<StatCache::Row> StatCache::select(const FileIdentity& identity) {
  const Database* db = database();
  if (db == nullptr) return std::nullopt;
  sqlite3_stmt* statement = db->select.get();
  int code = SQLITE_OK;
  Row row{identity, {}, {}};
  std::string checksum;
  {
    const Reset reset(statement);
    sqlite3_bind_int64(statement, 1, identity.device);
    sqlite3_bind_int64(statement, 2, identity.inode);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
      row.identity.size = sqlite3_column_int64(statement, 0);
      row.identity.mtime_ns = sqlite3_column_int64(statement, 1);
      row.identity.ctime_ns = sqlite3_column_int64(statement, 2);
      row.digest = text_column(statement, 3);
      row.boot = text_column(statement, 4);
      checksum = text_column(statement, 5);
    }
  }
  if (code != SQLITE_ROW && code != SQLITE_DONE) failed(code);
  if (code != SQLITE_ROW || row.identity != identity || !is_digest(row.digest) ||
      checksum != checksum_of(row.identity, row.digest, row.boot))
    return std::nullopt;
  return row;
}

std::optional<Digest> StatCache::find(const FileIdentity& identity) {
  const std::lock_guard guard(mutex_);
  const std::pair place(identity.device, identity.inode);
  const auto known = known_.find(place);
  if (known != known_.end() && known->second.identity == identity) return known->second.digest;
  const auto row = select(identity);
  if (!row) return std::nullopt;
  const bool holds = row->boot.empty() || row->boot == boot_;
  (holds ? known_ : earlier_).insert_or_assign(place, *row);
  return holds ? std::optional(row->digest) : std::nullopt;
}

void StatCache::record(const FileIdentity& identity, const Digest& digest) {
  const std::lock_guard guard(mutex_);
  const auto known = known_.find({identity.device, identity.inode});
  if (known != known_.end() && known->second.identity == identity && known->second.digest == digest) return;
  const auto earlier = earlier_.find({identity.device, identity.inode});
  const bool settled =
      earlier != earlier_.end() && earlier->second.identity == identity && earlier->second.digest == digest;
  keep({identity, digest, settled ? "" : boot_});
}

void StatCache::record_synced(const FileIdentity& identity, const Digest& digest) {
  const std::lock_guard guard(mutex_);
  keep({identity, digest, ""});
}

void StatCache::keep(Row row) {
  const std::pair place(row.identity.device, row.identity.inode);
  const auto known = known_.find(place);
  if (known != known_.end() && known->second == row) return;
  known_.insert_or_assign(place, row);
  pending_.insert_or_assign(place, std::move(row));
  if (pending_.size() >= kBatch) flush_locked();
}

void StatCache::flush() {
  const std::lock_guard guard(mutex_);
  flush_locked();
}

void StatCache::flush_locked() {
  const auto batch = std::exchange(pending_, {});
  if (batch.empty()) return;
  const Database* db = database();
  if (db == nullptr) return;
  int code = db->run("BEGIN IMMEDIATE");
  for (auto it = batch.begin(); it != batch.end() && code == SQLITE_OK; ++it)
    code = db->write(it->second.identity, it->second.digest, it->second.boot);
  if (code == SQLITE_OK) code = db->run("COMMIT");
  if (code == SQLITE_OK) return;
  db->run("ROLLBACK");  // Fails where no transaction began, which is what is wanted.
  failed(code);
}

void StatCache::clear() {
  const std::lock_guard guard(mutex_);
  known_.clear();
  pending_.clear();
  earlier_.clear();
  database_.reset();
  broken_ = false;
  remove_files();
}

std::vector<std::string> StatCache::notes() const {
  const std::lock_guard guard(mutex_);
  return notes_;
}

}  // namespace mtc::store
