// SPDX-License-Identifier: Apache-2.0
#include "core/store/lease.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/base/file.hpp"
#include "core/store/use_log.hpp"

namespace mtc::store {

Result<void> Lease::begin() {
  MTC_TRY(make_directories(layout_.uses()));
  // The name tells processes, and stores within one, apart.
  for (int attempt = 0; !fd_; ++attempt) {
    file_ = layout_.uses() / fmt::format("{:020}-{}-{}", clock_.now_unix_ns(), ::getpid(), attempt);
    fd_.reset(file_system_.open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0666));
    if (!fd_ && errno != EEXIST) return errno_error(errno, "cannot create", file_);
  }
  MTC_ASSIGN(lock_, FileLock::try_lock(file_));
  if (lock_) return {};
  fd_.reset();
  return Error{Code::unavailable, "somebody else has locked the new file", file_.string(), "try again", true};
}

Result<void> Lease::use(const std::vector<Use>& uses) {
  const std::lock_guard guard(mutex_);
  std::vector<Use> fresh;
  std::copy_if(uses.begin(), uses.end(), std::back_inserter(fresh),
               [this](const Use& use) { return !held_.contains(use); });
  if (fresh.empty()) return {};
  // What cannot be folded now is folded by the next session, or by gc.
  if (!fd_) static_cast<void>(fold_uses(layout_));
  MTC_ASSIGN(const FileLock gate, FileLock::lock(layout_.uses_lock(), FileLock::Mode::shared));
  if (!fd_) MTC_TRY(begin());
  std::string lines = torn_ ? "\n" : "";
  const std::int64_t now_s = clock_.now_unix_s();
  for (const Use& use : fresh) lines += use_line({now_s, use});
  torn_ = true;
  MTC_TRY(write_all(fd_.get(), lines, file_, file_system_));
  torn_ = false;
  held_.insert(fresh.begin(), fresh.end());
  return {};
}

void Lease::drop() {
  const std::lock_guard guard(mutex_);
  if (fd_) static_cast<void>(remove_tree(file_));  // What stays is a use that nobody made.
  fd_.reset();
  lock_.reset();
  held_.clear();
}

}  // namespace mtc::store
