// SPDX-License-Identifier: Apache-2.0
#include "core/store/session.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

fs::path lock_of(const fs::path& folder) { return folder.string() + ".lock"; }

/// Removes all of `folder` but the folders in it; false when something stays.
bool empty_out(const fs::path& folder) {
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    if (!fs::is_directory(it->symlink_status(error))) {
      if (!remove_tree(it->path())) return false;
      continue;
    }
    fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, error);
    for (auto inner = fs::directory_iterator(it->path(), error); !error && inner != fs::directory_iterator();
         inner.increment(error)) {
      if (!remove_tree(inner->path())) return false;
    }
  }
  return !error;
}

}  // namespace

void Session::remove_abandoned(const fs::path& parent, const std::string& prefix) {
  std::error_code error;
  for (auto it = fs::directory_iterator(parent, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    fs::path folder = it->path();
    if (folder.filename().string().rfind(prefix, 0) != 0) continue;
    if (folder.extension() == ".lock") {
      folder.replace_extension();
      if (fs::exists(folder, error)) continue;  // Its own turn comes.
    }
    const auto lock = FileLock::try_lock(lock_of(folder));
    if (!lock || !*lock) continue;  // In use.
    // What cannot be removed now is found again by the next writer.
    static_cast<void>(remove_tree(folder));
    static_cast<void>(remove_tree(lock_of(folder)));
  }
}

Result<void> Session::begin(const fs::path& tmp) {
  MTC_TRY(make_directories(tmp));
  remove_abandoned(tmp, prefix_);
  while (true) {
    MTC_ASSIGN(folder_, make_private_folder(tmp, prefix_));
    MTC_ASSIGN(FileLock lock, FileLock::lock(lock_of(folder_)));
    // Between the two lines another process may have taken the folder for an abandoned one.
    std::error_code error;
    if (!fs::exists(folder_, error) || !fs::exists(lock_of(folder_), error)) {
      static_cast<void>(remove_tree(lock_of(folder_)));  // The one that we made just now, if any.
      continue;
    }
    lock_.emplace(std::move(lock));
    return {};
  }
}

Result<fs::path> Session::take_folder(const fs::path& tmp) {
  const std::lock_guard guard(mutex_);
  if (!lock_) MTC_TRY(begin(tmp));
  if (free_.empty()) return make_private_folder(folder_, "");
  fs::path folder = std::move(free_.back());
  free_.pop_back();
  return folder;
}

void Session::give_back(const fs::path& folder) {
  if (!empty_out(folder)) {
    // What cannot be removed goes with the session, or is removed by the next writer.
    static_cast<void>(remove_tree(folder));
    return;
  }
  const std::lock_guard guard(mutex_);
  if (folder.parent_path() == folder_) free_.push_back(folder);
}

void Session::end() {
  const std::lock_guard guard(mutex_);
  if (!lock_) return;
  // Errors leave files that the next writer removes.
  free_.clear();
  static_cast<void>(remove_tree(folder_));
  static_cast<void>(remove_tree(lock_of(folder_)));
  lock_.reset();
}

}  // namespace mtc::store
