// SPDX-License-Identifier: Apache-2.0
#include "core/store/quarantine.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"

namespace mtc::store {

namespace {

namespace fs = std::filesystem;

struct Kept {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  fs::path folder;
  bool operator<(const Kept& other) const {
    return std::tie(seconds, nanoseconds, folder) < std::tie(other.seconds, other.nanoseconds, other.folder);
  }
};

/// Removes all but the newest entries.
void remove_oldest(const fs::path& quarantine) {
  std::vector<Kept> entries;
  std::error_code ignored;  // What cannot be listed or removed now is met again at the next entry.
  for (auto it = fs::directory_iterator(quarantine, ignored); it != fs::directory_iterator();
       it.increment(ignored)) {
    struct stat status {};
    if (::lstat(it->path().c_str(), &status) == 0)
      entries.push_back({status.st_mtim.tv_sec, status.st_mtim.tv_nsec, it->path()});
  }
  std::sort(entries.rbegin(), entries.rend());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto size = bytes_under(entries[i].folder);
    if (size) bytes += *size;
    if (i > 0 && (i >= Quarantine::kMaxEntries || bytes > Quarantine::kMaxBytes))
      static_cast<void>(remove_tree(entries[i].folder));
  }
}

/// Moves `entry` into the folder `place`, whose time then says when that was. What a file system writes by
/// itself lags some milliseconds behind the clock, and would seem older than a run that ended just before.
void move_in(const fs::path& entry, const fs::path& place, std::error_code& failed) {
  fs::rename(entry, place / entry.filename(), failed);
  const std::int64_t now_ns = Clock::real().now_unix_ns();
  const timespec now{now_ns / 1'000'000'000, now_ns % 1'000'000'000};
  const std::array both{now, now};
  // Without it the folder has about that time.
  static_cast<void>(::utimensat(AT_FDCWD, place.c_str(), both.data(), 0));
}

/// The name of the part of the store that `entry` lies in, "ac" or "cas", as folders of the quarantine begin.
std::string part_of(const fs::path& entry) {
  return entry.parent_path().parent_path().filename().string() + "-";
}

}  // namespace

std::optional<std::int64_t> Quarantine::since_unix_ms(const fs::path& entry) const {
  std::optional<std::int64_t> since;
  const auto part = part_of(entry);
  std::error_code ignored;  // Without the folder nothing was ever put here.
  for (auto it = fs::directory_iterator(layout_.quarantine(), ignored); it != fs::directory_iterator();
       it.increment(ignored)) {
    struct stat status {};
    struct stat place {};
    // put() sets the time of the private folder.
    if (it->path().filename().string().starts_with(part) &&
        ::lstat((it->path() / entry.filename()).c_str(), &status) == 0 &&
        ::lstat(it->path().c_str(), &place) == 0) {
      const std::int64_t ms = std::int64_t{place.st_mtim.tv_sec} * 1000 + place.st_mtim.tv_nsec / 1'000'000;
      since = std::max(since.value_or(ms), ms);
    }
  }
  return since;
}

void Quarantine::put(const fs::path& entry) {
  ++count_;
  const auto folder = layout_.quarantine();
  std::error_code failed = std::make_error_code(std::errc::io_error);
  if (make_directories(folder)) {
    // A private folder an entry, so that entries of one name (ac and actions of a key) do not meet.
    if (auto place = make_private_folder(folder, part_of(entry))) move_in(entry, *place, failed);
  }
  // Whatever keeps it from being moved, it must not be found again; that it is absent already is fine.
  if (failed) static_cast<void>(remove_tree(entry));
  remove_oldest(folder);
}

}  // namespace mtc::store
