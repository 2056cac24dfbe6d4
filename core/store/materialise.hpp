// SPDX-License-Identifier: Apache-2.0
//
// Copies of outputs for people, outside the store: written when they differ from what is there, left alone
// otherwise. They appear whole; they are not synced, since the store can write them again.
#pragma once

#include <filesystem>

#include "core/base/clock.hpp"
#include "core/store/trees.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

class Materialiser {
 public:
  Materialiser(const Layout& layout, Blobs& blobs, Trees& trees, StatCache& stats, FileSystem& file_system,
               const Clock& clock)
      : layout_(layout),
        blobs_(blobs),
        trees_(trees),
        stats_(stats),
        file_system_(file_system),
        clock_(clock) {}

  /// Makes `destination` a copy of the blob. Errors: data_loss when the store has it no more; already_exists
  /// for a folder in the way; as errno_error().
  Result<void> file(const Digest& digest, const std::filesystem::path& destination, bool executable);
  /// Makes the folder `destination` hold exactly the files of the tree. Errors: as above, for a file in the
  /// way.
  Result<void> folder(const Digest& digest, const std::filesystem::path& destination);

 private:
  [[nodiscard]] bool same_file(const std::filesystem::path& file, const Digest& digest, bool executable);
  [[nodiscard]] bool same_folder(const std::filesystem::path& folder, const TreeListing& listing);
  Result<void> copy(const Digest& digest, const std::filesystem::path& to, bool executable);

  const Layout& layout_;
  Blobs& blobs_;
  Trees& trees_;
  StatCache& stats_;
  FileSystem& file_system_;
  const Clock& clock_;
};

}  // namespace mtc::store
