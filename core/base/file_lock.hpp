// SPDX-License-Identifier: Apache-2.0
//
// Locks that the kernel holds for an open file (flock): they end with the process, however it ends. The lock
// file stays.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/base/fd.hpp"
#include "mtc/result.hpp"

namespace mtc {

/// A held lock; released when it is destroyed. Between processes, and between two FileLocks of one process.
/// Children do not inherit it across exec.
class FileLock {
 public:
  enum class Mode { shared, exclusive };

  /// Waits for the lock on `file`, which is created if absent. Errors: as errno_error().
  static Result<FileLock> lock(const std::filesystem::path& file, Mode mode = Mode::exclusive);
  /// The same without waiting: nullopt while somebody else holds it.
  static Result<std::optional<FileLock>> try_lock(const std::filesystem::path& file,
                                                  Mode mode = Mode::exclusive);

  /// Changes the mode of a held lock without waiting: false while others stand in the way. Linux drops the
  /// old mode first, so that after `false` nothing is held; call lock again.
  Result<bool> try_convert(Mode mode);

  /// Whether `file` still names what is locked. Errors: as errno_error().
  [[nodiscard]] Result<bool> is_at(const std::filesystem::path& file) const;
  /// Replaces the content of the lock file, for those who wait and ask who holds it.
  Result<void> write(std::string_view content);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  static Result<std::optional<FileLock>> take(const std::filesystem::path& file, int operation);
  Fd fd_;
};

}  // namespace mtc
