// SPDX-License-Identifier: Apache-2.0
//
// What one open store uses, said before it looks whether it is there: a file of its own in uses/, locked
// while the process lives. gc removes nothing that a locked file names; of files whose process is gone it
// learns when what was used last.
//
// The order makes it safe. A user writes the line while it holds uses.lock shared, and looks for the entry
// after that. gc reads the lines and takes entries away while it holds uses.lock exclusively. So either gc
// sees the line, or the user sees that the entry is gone.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/fd.hpp"
#include "core/base/file_lock.hpp"
#include "core/base/file_system.hpp"
#include "core/store/layout.hpp"
#include "core/store/use.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// Safe from any thread.
class Lease {
 public:
  Lease(const Layout& layout, FileSystem& file_system, const Clock& clock)
      : layout_(layout), file_system_(file_system), clock_(clock) {}

  /// From its return on, what is found under these names stays until the store is closed. Costs nothing for
  /// names that were given before. Errors: as errno_error().
  Result<void> use(const std::vector<Use>& uses);
  /// Gives everything back, and removes the file.
  void drop();

 private:
  Result<void> begin();

  const Layout& layout_;
  FileSystem& file_system_;
  const Clock& clock_;
  std::mutex mutex_;
  std::set<Use> held_;
  std::filesystem::path file_;
  std::optional<FileLock> lock_;
  Fd fd_;
  bool torn_ = false;  ///< The last line may be incomplete.
};

}  // namespace mtc::store
