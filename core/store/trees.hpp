// SPDX-License-Identifier: Apache-2.0
//
// Folders as outputs: a listing blob and the blobs that it names, laid out under trees/ on demand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/base/clock.hpp"
#include "core/store/blobs.hpp"
#include "core/store/session.hpp"
#include "core/store/tree_listing.hpp"

namespace mtc::store {

/// A staged folder whose files, and whose listing, are ready to become blobs.
struct PreparedTree {
  std::vector<PreparedBlob> blobs;  ///< The files in order of their paths; the listing last.
  Digest digest;                    ///< Of the listing.
  std::uint64_t bytes = 0;          ///< Of the files together.
};

class Trees {
 public:
  /// Folders are built in the session's part of tmp/.
  Trees(const Layout& layout, Blobs& blobs, StatCache& stats, Quarantine& quarantine, Session& session,
        FileSystem& file_system)
      : layout_(layout),
        blobs_(blobs),
        stats_(stats),
        quarantine_(quarantine),
        session_(session),
        file_system_(file_system) {}

  /// Prepares the folder `staged`; its listing is written to the new file `listing_file`.
  Result<PreparedTree> prepare(const std::filesystem::path& staged,
                               const std::filesystem::path& listing_file);
  /// The bytes of tree `digest`, or nullopt when its listing or one of its files is absent or damaged.
  std::optional<std::uint64_t> check(const Digest& digest);
  /// What tree `digest` holds. Errors: data_loss.
  Result<TreeListing> listing(const Digest& digest);
  /// The folder trees/…/<digest>, complete; what stands there and is damaged is built anew.
  Result<std::filesystem::path> lay_out(const Digest& digest);

 private:
  [[nodiscard]] bool intact(const std::filesystem::path& folder, const TreeListing& listing);
  Result<void> build(const TreeListing& listing, const std::filesystem::path& folder);

  const Layout& layout_;
  Blobs& blobs_;
  StatCache& stats_;
  Quarantine& quarantine_;
  Session& session_;
  FileSystem& file_system_;
};

}  // namespace mtc::store
