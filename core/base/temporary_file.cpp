// SPDX-License-Identifier: Apache-2.0
#include "core/base/temporary_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>

namespace mtc {

namespace fs = std::filesystem;

namespace {

constexpr int kNameAttempts = 16;
constexpr const char* kTemporary = ".tmp";

fs::path parent_of_file(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// Whether `name` is one that free_name() makes for `target`: TARGET.tmp<digits>-<digits>.
bool is_temporary_of(const std::string& name, const std::string& target) {
  const std::string prefix = target + kTemporary;
  if (!name.starts_with(prefix)) return false;
  const std::string numbers = name.substr(prefix.size());
  const auto dash = numbers.find('-');
  const auto all_digits = [](const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  };
  return dash != std::string::npos && all_digits(numbers.substr(0, dash)) &&
         all_digits(numbers.substr(dash + 1));
}

/// Whether the open file is one that this user wrote.
bool is_own_file(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
}

/// Removes the temporary files of `target` whose writer was killed: nobody holds their lock any more.
void remove_abandoned(const fs::path& target) {
  const std::string own_name = target.filename().string();
  std::error_code error;  // What cannot be looked at now is met again.
  for (auto it = fs::directory_iterator(parent_of_file(target), error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    if (!is_temporary_of(it->path().filename().string(), own_name)) continue;
    const Fd file(::open(it->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && is_own_file(file.get()) && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
      ::unlink(it->path().c_str());
  }
}

}  // namespace

TemporaryFile::TemporaryFile(fs::path target, FileSystem& file_system)
    : target_(std::move(target)), file_system_(file_system) {
  fd_.reset(file_system_.open(parent_of_file(target_).c_str(), O_WRONLY | O_TMPFILE, 0600));
  open_errno_ = fd_ ? 0 : errno;
  // Kernels and file systems without it answer with one of these.
  if (open_errno_ == EOPNOTSUPP || open_errno_ == EISDIR || open_errno_ == EINVAL) open_named();
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

fs::path TemporaryFile::free_name() const {
  std::random_device random;
  fs::path name = target_;
  name += kTemporary + std::to_string(::getpid()) + "-" + std::to_string(random());
  return name;
}

void TemporaryFile::open_named() {
  for (int attempt = 0; attempt < kNameAttempts && !fd_; ++attempt) {
    const fs::path name = free_name();
    fd_.reset(file_system_.open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600));
    open_errno_ = fd_ ? 0 : errno;
    if (!fd_ && open_errno_ != EEXIST) return;
    if (!fd_) continue;
    hold();
    struct stat status {};
    if (::fstat(fd_.get(), &status) == 0 && status.st_nlink == 0) {
      fd_.reset(-1);  // Another writer took it for abandoned before it was locked.
      continue;
    }
    path_ = name;
  }
}

void TemporaryFile::hold() const {
  // Where it cannot be locked, a killed writer's file stays.
  static_cast<void>(::flock(fd_.get(), LOCK_EX | LOCK_NB));
}

Result<bool> TemporaryFile::link_as(const fs::path& name) {
  const std::string own = "/proc/self/fd/" + std::to_string(fd_.get());
  if (file_system_.link(own.c_str(), name.c_str()) == 0) return true;
  if (errno == EEXIST) return false;
  return errno_error(errno, "cannot write", target_);
}

Result<void> TemporaryFile::replace_target() {
  // A name cannot be linked over another: it takes a free one, which then moves.
  hold();
  for (int attempt = 0; attempt < kNameAttempts && path_.empty(); ++attempt) {
    const fs::path name = free_name();
    MTC_ASSIGN(const bool linked, link_as(name));
    if (linked) path_ = name;
  }
  if (path_.empty()) return errno_error(EEXIST, "cannot write", target_);
  if (file_system_.rename(path_.c_str(), target_.c_str()) != 0)
    return errno_error(errno, "cannot replace", target_);
  path_.clear();
  remove_abandoned(target_);
  return {};
}

Result<void> TemporaryFile::publish(mode_t mode, Outlasts outlasts) {
  const bool durable = outlasts == Outlasts::power_cut;
  if (::fchmod(fd_.get(), mode) != 0) return errno_error(errno, "cannot set the mode", target_);
  if (durable && file_system_.fsync(fd_.get()) != 0) return errno_error(errno, "cannot write", target_);
  bool named = false;
  if (path_.empty()) {
    MTC_ASSIGN(named, link_as(target_));
  }
  if (!named) MTC_TRY(replace_target());
  return durable ? sync_path(parent_of_file(target_), file_system_) : Result<void>();
}

}  // namespace mtc
