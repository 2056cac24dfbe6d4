// SPDX-License-Identifier: Apache-2.0
#include "core/store/inventory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/store/result_json.hpp"
#include "core/store/tree_listing.hpp"

namespace mtc::store {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLeftoverSeconds = 3600;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

struct Found {
  fs::path path;
  std::string name;
  struct stat status {};
};

/// Calls `visit` for what lies in `folder`, in no order. A folder that does not exist is empty.
Result<void> visit_folder(const fs::path& folder, const std::function<Result<void>(const Found&)>& visit) {
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    Found found{it->path(), it->path().filename().string(), {}};
    if (::lstat(found.path.c_str(), &found.status) != 0) continue;  // Gone meanwhile.
    MTC_TRY(visit(found));
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return errno_error(error.value(), "cannot list", folder);
  return {};
}

/// The same for what lies in the 256 folders of cas/, ac/ and the like.
Result<void> visit_shards(const fs::path& folder, const std::function<Result<void>(const Found&)>& visit) {
  return visit_folder(folder, [&visit](const Found& shard) { return visit_folder(shard.path, visit); });
}

std::uint64_t size_of(const Found& found) { return static_cast<std::uint64_t>(found.status.st_size); }

class Walk {
 public:
  Walk(const Layout& layout, std::int64_t now_unix_s) : layout_(layout), now_s_(now_unix_s) {}

  Result<Inventory> run() {
    // Blobs last: what an entry names was there before it, so a blob that is missing then is missing.
    MTC_TRY(results());
    MTC_TRY(records());
    MTC_TRY(sized("actions", inventory_.documents));
    MTC_TRY(sized("cas", inventory_.blobs));
    MTC_TRY(trees());
    MTC_TRY(runs());
    MTC_TRY(checkpoints());
    MTC_TRY(rest());
    for (Entry& entry : inventory_.entries) {
      entry.whole = entry.whole &&
                    std::all_of(entry.blobs.begin(), entry.blobs.end(),
                                [this](const Digest& digest) { return inventory_.blobs.contains(digest); });
    }
    return std::move(inventory_);
  }

 private:
  /// Takes a file whose name is no digest: one being written, or left over.
  void stray(const Found& found) {
    if (now_s_ - found.status.st_mtim.tv_sec >= kLeftoverSeconds) inventory_.leftovers.push_back(found.path);
    inventory_.other_bytes += size_of(found);
  }

  Result<void> entry(const Digest& key, const Found& found, bool record) {
    auto read = read_entry(layout_, key, found.path, record);
    if (read)
      inventory_.entries.push_back(*std::move(read));
    else if (read.error().code == Code::data_loss)
      inventory_.damaged.push_back(found.path);
    else if (read.error().code != Code::not_found)
      return std::move(read).error();
    return {};
  }

  Result<void> results() {
    return visit_shards(layout_.root() / "ac", [this](const Found& found) -> Result<void> {
      if (is_digest(found.name)) return entry(found.name, found, false);
      stray(found);
      return {};
    });
  }

  Result<void> records() {
    return visit_shards(layout_.root() / "records", [this](const Found& folder) -> Result<void> {
      if (!is_digest(folder.name)) return {};
      return visit_folder(folder.path, [&](const Found& found) -> Result<void> {
        if (found.path.extension() == ".json") return entry(folder.name, found, true);
        stray(found);
        return {};
      });
    });
  }

  Result<void> sized(const char* part, std::map<Digest, std::uint64_t>& sizes) {
    return visit_shards(layout_.root() / part, [&](const Found& found) -> Result<void> {
      if (is_digest(found.name))
        sizes[found.name] = size_of(found);
      else
        stray(found);
      return {};
    });
  }

  Result<void> trees() {
    return visit_shards(layout_.root() / "trees", [this](const Found& found) -> Result<void> {
      if (!is_digest(found.name)) {
        stray(found);
        return {};
      }
      std::uint64_t own = 0;
      std::error_code error;
      for (auto it = fs::recursive_directory_iterator(found.path, error);
           !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        struct stat status {};
        if (::lstat(it->path().c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1)
          own += static_cast<std::uint64_t>(status.st_size);
      }
      inventory_.trees[found.name] = own;
      return {};
    });
  }

  Result<void> runs() {
    return visit_folder(layout_.runs(), [this](const Found& found) -> Result<void> {
      MTC_ASSIGN(const std::uint64_t bytes, bytes_under(found.path));
      inventory_.runs.push_back({found.name, bytes, found.status.st_mtim.tv_sec});
      return {};
    });
  }

  Result<void> checkpoints() {
    return visit_shards(layout_.root() / "checkpoints", [this](const Found& found) -> Result<void> {
      if (!is_digest(found.name)) return {};
      MTC_ASSIGN(const std::uint64_t bytes, bytes_under(found.path));
      inventory_.checkpoints.push_back({found.name, bytes, found.status.st_mtim.tv_sec});
      return {};
    });
  }

  Result<void> rest() {
    MTC_ASSIGN(inventory_.quarantine_bytes, bytes_under(layout_.quarantine()));
    MTC_ASSIGN(const std::uint64_t tmp, bytes_under(layout_.tmp()));
    inventory_.staging_bytes = tmp - std::min(tmp, inventory_.quarantine_bytes);
    static const std::set<std::string> counted = {"ac",      "actions", "cas", "checkpoints",
                                                  "records", "runs",    "tmp", "trees"};
    return visit_folder(layout_.root(), [this](const Found& found) -> Result<void> {
      if (counted.contains(found.name)) return {};
      MTC_ASSIGN(const std::uint64_t bytes,
                 S_ISDIR(found.status.st_mode) ? bytes_under(found.path) : Result(size_of(found)));
      inventory_.other_bytes += bytes;
      return {};
    });
  }

  const Layout& layout_;
  std::int64_t now_s_;
  Inventory inventory_;
};

std::uint64_t sum(const std::map<Digest, std::uint64_t>& sizes) {
  std::uint64_t total = 0;
  for (const auto& [digest, bytes] : sizes) total += bytes;
  return total;
}

}  // namespace

std::uint64_t Inventory::total_bytes() const {
  std::uint64_t total =
      sum(blobs) + sum(trees) + sum(documents) + staging_bytes + quarantine_bytes + other_bytes;
  for (const Entry& entry : entries) total += entry.file_bytes;
  for (const RunFolder& run : runs) total += run.bytes;
  for (const KeptCheckpoints& item : checkpoints) total += item.bytes;
  return total;
}

Result<Inventory> take_inventory(const Layout& layout, std::int64_t now_unix_s) {
  return Walk(layout, now_unix_s).run();
}

Result<Entry> read_entry(const Layout& layout, const Digest& key, const fs::path& file, bool record) {
  MTC_ASSIGN(const std::string text, read_file(file));
  Entry entry;
  MTC_ASSIGN(entry.result, result_from_json(key, text));
  struct stat status {};
  if (::lstat(file.c_str(), &status) == 0) entry.made_unix_s = status.st_mtim.tv_sec;
  if (record) {
    // The name of a measurement begins with its time.
    const std::string name = file.filename().string();
    entry.made_unix_s =
        parse_integer(std::string_view(name).substr(0, name.find('-'))).value_or(0) / kNsPerSecond;
  }
  entry.key = key;
  entry.record = record;
  entry.file = file;
  entry.file_bytes = text.size();
  for (const StoredOutput& output : entry.result.outputs) {
    entry.blobs.push_back(output.digest);
    if (!output.folder) continue;
    const auto listed = read_file(layout.blob(output.digest));
    const auto listing = listed ? parse_listing(*listed) : Result<TreeListing>(listed.error());
    entry.whole = entry.whole && listing;
    if (!listing) continue;
    for (const TreeEntry& inner : listing->files) entry.blobs.push_back(inner.digest);
  }
  std::sort(entry.blobs.begin(), entry.blobs.end());
  entry.blobs.erase(std::unique(entry.blobs.begin(), entry.blobs.end()), entry.blobs.end());
  return entry;
}

std::vector<Entry> entries_of(const Layout& layout, const Digest& key) {
  std::vector<Entry> entries;
  if (auto result = read_entry(layout, key, layout.result(key), false)) entries.push_back(*std::move(result));
  std::vector<fs::path> files;
  std::error_code ignored;  // Without the folder there are no measurements.
  for (auto it = fs::directory_iterator(layout.records(key), ignored); it != fs::directory_iterator();
       it.increment(ignored)) {
    if (it->path().extension() == ".json") files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (auto record = read_entry(layout, key, file, true)) entries.push_back(*std::move(record));
  }
  return entries;
}

}  // namespace mtc::store
