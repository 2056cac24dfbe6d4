// SPDX-License-Identifier: Apache-2.0
//
// What lies in the store, as a walk finds it: names, sizes and what refers to what. Contents of blobs are not
// read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/store/layout.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// A result in ac/, or a measurement in records/.
struct Entry {
  Digest key;
  bool record = false;
  std::filesystem::path file;
  std::uint64_t file_bytes = 0;
  std::int64_t made_unix_s = 0;
  ActionResult result;
  std::vector<Digest> blobs;  ///< All that it needs: outputs, and the files of folders; sorted, once each.
  bool whole = true;          ///< All of them are there.
};

struct RunFolder {
  std::string id;
  std::uint64_t bytes = 0;
  std::int64_t made_unix_s = 0;
};

/// The checkpoints of an action.
struct KeptCheckpoints {
  Digest key;
  std::uint64_t bytes = 0;
  std::int64_t made_unix_s = 0;  ///< When the newest was.
};

struct Inventory {
  std::vector<Entry> entries;
  std::vector<std::filesystem::path> damaged;  ///< Entries that cannot be read as one.
  std::map<Digest, std::uint64_t> blobs;       ///< Digest → bytes.
  std::map<Digest, std::uint64_t> trees;  ///< Digest → bytes that it has of its own, not linked to blobs.
  std::map<Digest, std::uint64_t> documents;  ///< Key → bytes.
  std::vector<RunFolder> runs;
  std::vector<KeptCheckpoints> checkpoints;
  /// Files that a killed writer left between its blobs or entries, an hour old or more.
  std::vector<std::filesystem::path> leftovers;
  std::uint64_t staging_bytes = 0;
  std::uint64_t quarantine_bytes = 0;
  std::uint64_t other_bytes = 0;  ///< stat.db, uses, locks, versions of tools.

  [[nodiscard]] std::uint64_t total_bytes() const;
};

/// Walks through the store. Entries that come or go meanwhile may be in it or not. Errors: as errno_error().
Result<Inventory> take_inventory(const Layout& layout, std::int64_t now_unix_s);

/// Reads one entry file; its blobs are looked up by `has`. Errors: data_loss for a damaged one; not_found.
Result<Entry> read_entry(const Layout& layout, const Digest& key, const std::filesystem::path& file,
                         bool record);

/// Every entry of `key`: its result, then its measurements; what cannot be read is left out.
std::vector<Entry> entries_of(const Layout& layout, const Digest& key);

}  // namespace mtc::store
