// SPDX-License-Identifier: Apache-2.0
//
// The file-system calls on which crash safety rests, as a seam: tests derive from FileSystem and let one of
// them fail with ENOSPC or EIO, write short, or stop a writer at that instant.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "mtc/result.hpp"

namespace mtc {

/// The system calls; each returns what the call of that name returns and sets errno. Safe from any thread.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t write(int descriptor, const void* data, std::size_t size);
  virtual int fsync(int descriptor);
  virtual int rename(const char* from, const char* to);
  /// renameat2 with RENAME_EXCHANGE; fails with ENOSYS or EINVAL where that cannot be.
  virtual int exchange(const char* a, const char* b);
  /// A further name for a file; links are followed, so that /proc/self/fd/<n> stands for an open file.
  virtual int link(const char* from, const char* to);
  /// FICLONE: lets `to` share the blocks of `from`; fails with EOPNOTSUPP or EXDEV where that cannot be.
  virtual int clone(int from, int to);

  /// The one real file system.
  static FileSystem& real();
};

/// The error for errno value `number`: "cannot write: No space left on device", `where` = `path`, and a hint
/// where there is one to give. ENOSPC, EDQUOT, ENOMEM, EMFILE → resource_exhausted; ENOENT, ENOTDIR →
/// not_found; EACCES, EPERM, EROFS → permission_denied; EEXIST → already_exists; EIO → data_loss; EAGAIN →
/// unavailable; others → unknown.
Error errno_error(int number, std::string_view doing, const std::filesystem::path& path);

}  // namespace mtc
