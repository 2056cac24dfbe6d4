// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/file.hpp"

namespace mtc {

namespace {

int operation_of(FileLock::Mode mode) { return mode == FileLock::Mode::shared ? LOCK_SH : LOCK_EX; }

/// flock() that goes on after signals; 0, or errno.
int flock_retrying(int descriptor, int operation) {
  while (::flock(descriptor, operation) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

Result<std::optional<FileLock>> FileLock::take(const std::filesystem::path& file, int operation) {
  Fd fd(FileSystem::real().open(file.c_str(), O_RDWR | O_CREAT, 0666));
  if (!fd) return errno_error(errno, "cannot open lock file", file);
  const int failure = flock_retrying(fd.get(), operation);
  if (failure == EWOULDBLOCK) return std::optional<FileLock>();
  if (failure != 0) return errno_error(failure, "cannot lock", file);
  return std::optional<FileLock>(FileLock(std::move(fd)));
}

Result<FileLock> FileLock::lock(const std::filesystem::path& file, Mode mode) {
  MTC_ASSIGN(std::optional<FileLock> held, take(file, operation_of(mode)));
  if (!held) return errno_error(EWOULDBLOCK, "cannot lock", file);
  return std::move(*held);
}

Result<std::optional<FileLock>> FileLock::try_lock(const std::filesystem::path& file, Mode mode) {
  return take(file, operation_of(mode) | LOCK_NB);
}

Result<bool> FileLock::try_convert(Mode mode) {
  const int failure = flock_retrying(fd_.get(), operation_of(mode) | LOCK_NB);
  if (failure == EWOULDBLOCK) return false;
  if (failure != 0) return errno_error(failure, "cannot convert a lock", "");
  return true;
}

Result<bool> FileLock::is_at(const std::filesystem::path& file) const {
  struct stat held {};
  struct stat named {};
  if (::fstat(fd_.get(), &held) != 0) return errno_error(errno, "cannot look at the lock", file);
  if (::stat(file.c_str(), &named) != 0)
    return errno == ENOENT ? Result<bool>(false) : errno_error(errno, "cannot look at", file);
  return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

Result<void> FileLock::write(std::string_view content) {
  if (::ftruncate(fd_.get(), 0) != 0) return errno_error(errno, "cannot write a lock file", "");
  return write_all(fd_.get(), content, "lock file");
}

}  // namespace mtc
