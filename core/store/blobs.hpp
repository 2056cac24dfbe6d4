// SPDX-License-Identifier: Apache-2.0
//
// The blobs under cas/: taking files in, and checking that what lies there is what its name says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/file_system.hpp"
#include "core/store/layout.hpp"
#include "core/store/quarantine.hpp"
#include "core/store/stat_cache.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// A staged file, read-only, ready to become a blob.
struct PreparedBlob {
  std::filesystem::path staged;
  Digest digest;
  std::uint64_t bytes = 0;
  bool executable = false;  ///< It had the owner's x bit.
};

class Blobs {
 public:
  Blobs(const Layout& layout, StatCache& stats, Quarantine& quarantine, FileSystem& file_system)
      : layout_(layout), stats_(stats), quarantine_(quarantine), file_system_(file_system) {}

  /// The size of blob `digest`, or nullopt when it is absent or damaged. Its content is read again whenever
  /// its inode, size or a time stamp changed since it was last known good; a damaged one is quarantined.
  std::optional<std::uint64_t> check(const Digest& digest);

  /// Hashes the staged file and makes it read-only. Errors: not_found; invalid_argument for what is no
  /// regular file; resource_exhausted, data_loss.
  Result<PreparedBlob> prepare(const std::filesystem::path& staged);
  /// Gives prepared files their names under cas/; those present and good are kept as they are. Nothing is
  /// synced: after a power cut, check() finds out.
  /// Returns the bytes that were new.
  Result<std::uint64_t> take_in(const std::vector<PreparedBlob>& blobs);
  /// Makes blobs that are there outlast a power cut. Errors: as errno_error().
  Result<void> sync(const std::vector<Digest>& digests);

  /// The content of a blob. Errors: data_loss when it is absent or damaged.
  Result<std::string> read(const Digest& digest);

  /// Makes `to` a name of the blob (hard link), or a copy where links cannot be or `executable` asks for
  /// another mode.
  Result<void> link_to(const Digest& digest, const std::filesystem::path& to, bool executable);

 private:
  const Layout& layout_;
  StatCache& stats_;
  Quarantine& quarantine_;
  FileSystem& file_system_;
};

/// The error for a blob that was there and is no more.
Error blob_missing(const Digest& digest);

}  // namespace mtc::store
