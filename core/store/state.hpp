// SPDX-License-Identifier: Apache-2.0
//
// What an open Store holds.
#pragma once

#include <mutex>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/store/blobs.hpp"
#include "core/store/layout.hpp"
#include "core/store/session.hpp"
#include "core/store/stat_cache.hpp"
#include "core/store/store.hpp"
#include "core/store/trees.hpp"

namespace mtc::store {

struct Store::State {
  State(const std::filesystem::path& root, FileLock held, const Seams& seams)
      : file_system(*seams.file_system), clock(*seams.clock), layout(root), lock(std::move(held)) {}

  /// Whether `output` is there, whole, and as large as `output.bytes` says.
  bool present(const StoredOutput& output) {
    const auto bytes = output.folder ? trees.check(output.digest) : blobs.check(output.digest);
    return bytes == output.bytes;
  }

  FileSystem& file_system;
  const Clock& clock;
  Layout layout;
  FileLock lock;  ///< Shared: clear() of another process must wait.
  StatCache stats{layout.stat_db()};
  Quarantine quarantine{layout};
  Blobs blobs{layout, stats, quarantine, file_system};
  Trees trees{layout, blobs, stats, quarantine};
  std::mutex session_mutex;
  Session session;
};

}  // namespace mtc::store
