// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_system.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/base/fd.hpp"

namespace mtc {

void Fd::reset(int descriptor) {
  const int old = std::exchange(descriptor_, descriptor);
  if (old >= 0) ::close(old);  // Data that had to be safe was fsynced; close has nothing more to say.
}

int FileSystem::open(const char* path, int flags, mode_t mode) {
  return ::open(path, flags | O_CLOEXEC, mode);  // NOLINT: variadic by POSIX
}

ssize_t FileSystem::write(int descriptor, const void* data, std::size_t size) {
  return ::write(descriptor, data, size);
}

int FileSystem::fsync(int descriptor) { return ::fsync(descriptor); }

int FileSystem::rename(const char* from, const char* to) { return ::rename(from, to); }

int FileSystem::exchange(const char* a, const char* b) {
  return ::renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

int FileSystem::link(const char* from, const char* to) {
  return ::linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW);
}

int FileSystem::clone(int from, int to) {
  return ::ioctl(to, FICLONE, from);  // NOLINT: variadic by POSIX
}

FileSystem& FileSystem::real() {
  static FileSystem file_system;  // Stateless.
  return file_system;
}

namespace {

Code code_of(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case EFBIG:
      return Code::resource_exhausted;
    case ENOENT:
    case ENOTDIR:
      return Code::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::permission_denied;
    case EEXIST:
      return Code::already_exists;
    case EIO:
      return Code::data_loss;
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
      return Code::invalid_argument;
    case EAGAIN:
      return Code::unavailable;
    default:
      return Code::unknown;
  }
}

std::string_view hint_of(int number) {
  switch (number) {
    case ENOSPC:
      return "free space on that file system, or choose another folder";
    case EDQUOT:
      return "the disk quota is used up; free space or choose another folder";
    case ENOENT:
    case ENOTDIR:
      return "check the path";
    case EISDIR:
      return "give a file instead of the folder";
    case EACCES:
    case EPERM:
      return "check the owner and mode of the file and of its folders";
    case EROFS:
      return "the file system is read-only; choose another folder";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    case EIO:
      return "the device reports an error; check it (dmesg)";
    default:
      return "";
  }
}

}  // namespace

Error errno_error(int number, std::string_view doing, const std::filesystem::path& path) {
  Error error;
  error.code = code_of(number);
  error.message = std::string(doing) + ": " + std::generic_category().message(number);
  error.where = path.string();
  error.hint = std::string(hint_of(number));
  error.retryable = number == EAGAIN || number == ENOSPC || number == EDQUOT || number == EMFILE;
  return error;
}

}  // namespace mtc
