// SPDX-License-Identifier: Apache-2.0
//
// The folders of checkpoints, as the store looks after them: checkpoints/ab/<key>/ is made before an attempt,
// counted after it, and removed when the action has a result. What lies in one is the worker's
// (core/base/checkpoint_folder.hpp), but for the file `counted`: the bytes that the size of the store
// includes.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/store/layout.hpp"
#include "core/store/size_ledger.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// The caller holds the lock of the action that it names. Safe from any thread for different actions.
class Checkpoints {
 public:
  Checkpoints(const Layout& layout, SizeLedger& size) : layout_(layout), size_(size) {}

  /// The folder of `key`, made when absent; what a killed run left in it uncounted is counted.
  Result<std::filesystem::path> make(const Digest& key);
  /// Whether there is a checkpoint, whole or not.
  [[nodiscard]] bool any(const Digest& key) const;
  /// Brings the size of the store up to date.
  Result<void> count(const Digest& key);
  /// Removes the folder, if there is one.
  Result<void> remove(const Digest& key);

 private:
  [[nodiscard]] std::uint64_t counted(const Digest& key) const;

  const Layout& layout_;
  SizeLedger& size_;
};

}  // namespace mtc::store
