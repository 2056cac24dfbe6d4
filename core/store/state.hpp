// SPDX-License-Identifier: Apache-2.0
//
// What an open Store holds.
#pragma once

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/store/blobs.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/layout.hpp"
#include "core/store/lease.hpp"
#include "core/store/session.hpp"
#include "core/store/size_ledger.hpp"
#include "core/store/stat_cache.hpp"
#include "core/store/store.hpp"
#include "core/store/trees.hpp"

namespace mtc::store {

struct Store::State {
  State(const std::filesystem::path& root, FileLock held, const Seams& seams)
      : file_system(*seams.file_system),
        clock(*seams.clock),
        layout(root),
        lock(std::move(held)),
        stats(layout.stat_db(), seams.boot) {}

  /// Whether `output` is there, whole, and as large as `output.bytes` says.
  bool present(const StoredOutput& output) {
    const auto bytes = output.folder ? trees.check(output.digest) : blobs.check(output.digest);
    return bytes == output.bytes;
  }

  /// Makes the blobs of `outputs` outlast a power cut. What is known of them is written down too: reading
  /// them again would cost more.
  Result<void> sync(const std::vector<StoredOutput>& outputs) {
    std::vector<Digest> digests;
    for (const StoredOutput& output : outputs) {
      digests.push_back(output.digest);
      if (!output.folder) continue;
      MTC_ASSIGN(const TreeListing listing, trees.listing(output.digest));
      for (const TreeEntry& file : listing.files) digests.push_back(file.digest);
    }
    MTC_TRY(blobs.sync(digests));
    stats.flush();
    return {};
  }

  FileSystem& file_system;
  const Clock& clock;
  Layout layout;
  FileLock lock;  ///< Shared: clear() of another process must wait.
  StatCache stats;
  Quarantine quarantine{layout};
  Blobs blobs{layout, stats, quarantine, file_system};
  Session session;
  Trees trees{layout, blobs, stats, quarantine, session, file_system};
  SizeLedger size{layout.size()};
  Checkpoints checkpoints{layout, size};
  Lease lease{layout, file_system, clock};
};

}  // namespace mtc::store
