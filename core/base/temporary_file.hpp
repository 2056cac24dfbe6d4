// SPDX-License-Identifier: Apache-2.0
//
// A file that gets its name when it is complete. Internal to core/base.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "core/base/fd.hpp"
#include "core/base/file.hpp"
#include "core/base/file_system.hpp"
#include "mtc/result.hpp"

namespace mtc {

/// A new file in the folder of `target`. Where the file system can, it has no name at all until publish()
/// gives it that of `target`, so that a kill leaves nothing; elsewhere, and for the instant of replacing a
/// file, it has one beside `target`, and is locked (flock): the next that replaces `target` removes those
/// whose lock is free.
class TemporaryFile {
 public:
  TemporaryFile(std::filesystem::path target, FileSystem& file_system);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// The open file, or -1 when it could not be made: errno is then open_errno().
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] int open_errno() const { return open_errno_; }

  /// Sets the mode and gives the file its name, in place of what has it. Errors: as errno_error().
  Result<void> publish(mode_t mode, Outlasts outlasts);

 private:
  [[nodiscard]] std::filesystem::path free_name() const;
  void open_named();
  void hold() const;
  Result<bool> link_as(const std::filesystem::path& name);
  Result<void> replace_target();

  std::filesystem::path target_;
  FileSystem& file_system_;
  std::filesystem::path path_;  ///< Where it lies now; empty while it has no name.
  Fd fd_;
  int open_errno_ = 0;
};

}  // namespace mtc
