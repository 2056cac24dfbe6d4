// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "core/base/temporary_file.hpp"

namespace mtc {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCopyBytes = std::size_t{1} << 20;
constexpr std::size_t kLeastReadBytes = 4096;

/// Reads up to buffer size, going on after signals; -1 and errno on failure.
ssize_t read_some(int descriptor, char* buffer, std::size_t size) {
  ssize_t got = -1;
  do {
    got = ::read(descriptor, buffer, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

Result<void> copy_bytes(int from, const fs::path& from_name, int to, const fs::path& to_name,
                        FileSystem& file_system) {
  std::vector<char> block(kCopyBytes);
  while (true) {
    const ssize_t got = read_some(from, block.data(), block.size());
    if (got < 0) return errno_error(errno, "cannot read", from_name);
    if (got == 0) return {};
    MTC_TRY(write_all(to, {block.data(), static_cast<std::size_t>(got)}, to_name, file_system));
  }
}

}  // namespace

Result<std::string> read_file(const fs::path& file, std::uint64_t max_bytes) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(errno, "cannot open", file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno_error(errno, "cannot read", file);
  std::string content;
  std::size_t used = 0;
  // One byte more than the file has, so that its end shows without growing; files of /proc claim to be empty.
  const std::size_t expected = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  content.resize(std::max(expected + 1, kLeastReadBytes));
  if (S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) > max_bytes)
    return Error{Code::out_of_range, "is larger than " + std::to_string(max_bytes) + " bytes", file.string(),
                 ""};
  while (true) {
    const ssize_t got = read_some(fd.get(), content.data() + used, content.size() - used);
    if (got < 0) return errno_error(errno, "cannot read", file);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > max_bytes)
      return Error{Code::out_of_range, "is larger than " + std::to_string(max_bytes) + " bytes",
                   file.string(), ""};
    if (used == content.size()) content.resize(content.size() * 2);
  }
  content.resize(used);
  return content;
}

Result<void> write_all(int descriptor, std::string_view bytes, const fs::path& name,
                       FileSystem& file_system) {
  while (!bytes.empty()) {
    const ssize_t written = file_system.write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error(errno, "cannot write", name);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_file_atomic(const fs::path& file, std::string_view content, mode_t mode,
                               FileSystem& file_system, Outlasts outlasts) {
  TemporaryFile temporary(file, file_system);
  if (temporary.fd() < 0) return errno_error(temporary.open_errno(), "cannot create", file);
  MTC_TRY(write_all(temporary.fd(), content, file, file_system));
  return temporary.publish(mode, outlasts);
}

Result<void> clone_file(const fs::path& from, const fs::path& to, mode_t mode, FileSystem& file_system) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) return errno_error(errno, "cannot open", from);
  TemporaryFile temporary(to, file_system);
  if (temporary.fd() < 0) return errno_error(temporary.open_errno(), "cannot create", to);
  if (file_system.clone(source.get(), temporary.fd()) != 0)
    MTC_TRY(copy_bytes(source.get(), from, temporary.fd(), to, file_system));
  return temporary.publish(mode, Outlasts::kill);
}

Result<void> rename_path(const fs::path& from, const fs::path& to, FileSystem& file_system) {
  if (file_system.rename(from.c_str(), to.c_str()) == 0) return {};
  return errno_error(errno, "cannot rename " + from.string() + " to", to);
}

Result<bool> exchange_paths(const fs::path& a, const fs::path& b, FileSystem& file_system) {
  if (file_system.exchange(a.c_str(), b.c_str()) == 0) return true;
  if (errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP) return false;
  return errno_error(errno, "cannot exchange " + a.string() + " with", b);
}

Result<void> sync_path(const fs::path& path, FileSystem& file_system) {
  const Fd fd(file_system.open(path.c_str(), O_RDONLY, 0));
  if (!fd) return errno_error(errno, "cannot open", path);
  if (file_system.fsync(fd.get()) != 0) return errno_error(errno, "cannot write", path);
  return {};
}

Result<void> make_directories(const fs::path& folder) {
  if (folder.empty() || ::mkdir(folder.c_str(), 0777) == 0) return {};
  int number = errno;
  if (number == ENOENT && folder.has_relative_path()) {
    MTC_TRY(make_directories(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0777) == 0) return {};
    number = errno;
  }
  std::error_code ignored;  // What cannot be looked at is no folder that we could use.
  if (fs::is_directory(folder, ignored)) return {};
  return errno_error(number == EEXIST ? ENOTDIR : number, "cannot create folder", folder);
}

Result<void> remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (!error) return {};
  // Read-only folders keep their entries from being removed by anyone but root: open them and try again.
  std::error_code ignored;  // What cannot be opened up fails in the second attempt, with its reason.
  if (fs::is_directory(fs::symlink_status(path, ignored)))
    fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, ignored);
  for (auto it = fs::recursive_directory_iterator(path, ignored); it != fs::recursive_directory_iterator();
       it.increment(ignored)) {
    if (it->is_directory(ignored) && !it->is_symlink(ignored))
      fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
  }
  fs::remove_all(path, error);
  if (error) return errno_error(error.value(), "cannot remove", path);
  return {};
}

Result<fs::path> make_private_folder(const fs::path& parent, std::string_view prefix) {
  std::string pattern = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) return errno_error(errno, "cannot create a folder in", parent);
  return fs::path(pattern);
}

Result<std::uint64_t> bytes_under(const fs::path& folder) {
  std::uint64_t total = 0;
  std::set<std::pair<dev_t, ino_t>> linked;  // Files with several names that were counted.
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    struct stat status {};
    if (::lstat(it->path().c_str(), &status) != 0) continue;  // Removed meanwhile.
    if (!S_ISREG(status.st_mode)) continue;
    if (status.st_nlink > 1 && !linked.insert({status.st_dev, status.st_ino}).second) continue;
    total += static_cast<std::uint64_t>(status.st_size);
  }
  if (error && error.value() != ENOENT) return errno_error(error.value(), "cannot list", folder);
  return total;
}

}  // namespace mtc
