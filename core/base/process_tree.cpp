// SPDX-License-Identifier: Apache-2.0
//
// The tree of processes below this one, from /proc/<pid>/stat.
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <memory>
#include <set>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/base/own_children.hpp"
#include "core/base/process.hpp"
#include "core/base/text.hpp"

namespace mtc {

namespace {

constexpr std::uint64_t kMaxStatBytes = 4096;
constexpr useconds_t kRoundUs = 2000;

/// The parent of `pid`, or 0 when it is gone.
pid_t parent_of(pid_t pid) {
  const auto text = read_file("/proc/" + std::to_string(pid) + "/stat", kMaxStatBytes);
  if (!text) return 0;
  // "PID (NAME) STATE PPID ...", where NAME may hold anything, so count from the last parenthesis.
  const std::size_t end = text->rfind(')');
  if (end == std::string::npos) return 0;
  const auto fields = split(trim(std::string_view(*text).substr(end + 1)), ' ');
  return fields.size() < 2 ? 0 : static_cast<pid_t>(parse_integer(fields[1]).value_or(0));
}

/// The children of every process that runs now.
std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  struct Closer {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  const std::unique_ptr<DIR, Closer> folder(::opendir("/proc"));
  if (!folder) return children;
  while (const dirent* entry = ::readdir(folder.get())) {
    const auto pid = parse_integer(static_cast<const char*>(entry->d_name));
    if (!pid) continue;
    const pid_t parent = parent_of(static_cast<pid_t>(*pid));
    if (parent > 0) children.emplace(parent, static_cast<pid_t>(*pid));
  }
  return children;
}

std::vector<pid_t> below(pid_t root, const std::set<pid_t>& spare) {
  const auto children = children_by_parent();
  std::vector<pid_t> found;
  std::vector<pid_t> open = {root};
  while (!open.empty()) {
    const pid_t parent = open.back();
    open.pop_back();
    const auto [first, last] = children.equal_range(parent);
    for (auto it = first; it != last; ++it) {
      if (spare.contains(it->second)) continue;
      found.push_back(it->second);
      open.push_back(it->second);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Whether this process has a child, ended or not: without one there is nothing below it, and no need to read
/// all of /proc to learn that.
bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace

Result<void> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return errno_error(errno, "cannot become a subreaper", "");
  return {};
}

std::vector<pid_t> descendants_of(pid_t root) { return below(root, {}); }

std::uint64_t resident_bytes(pid_t root) {
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::uint64_t pages = 0;
  auto tree = descendants_of(root);
  tree.push_back(root);
  for (const pid_t pid : tree) {
    // statm: size, resident, shared, ... in pages.
    const auto text = read_file("/proc/" + std::to_string(pid) + "/statm", kMaxStatBytes);
    const auto fields = text ? split(trim(*text), ' ') : std::vector<std::string>();
    if (fields.size() > 1) pages += static_cast<std::uint64_t>(parse_integer(fields[1]).value_or(0));
  }
  return pages * page;
}

std::size_t kill_orphans(std::int64_t timeout_ms) {
  const std::int64_t deadline_ns = Clock::real().monotonic_ns() + timeout_ms * 1'000'000;
  std::set<pid_t> killed;
  // Several rounds: what a killed process leaves behind becomes our child, and one may have forked meanwhile.
  while (has_children()) {
    {
      // While it is held no child is started or forgotten, so that what is not in the list is an orphan.
      const OwnChildren own;
      const std::vector<pid_t> rest = below(::getpid(), own.pids());
      if (rest.empty()) break;
      for (const pid_t pid : rest) {
        if (::kill(pid, SIGKILL) == 0) killed.insert(pid);
        ::waitpid(pid, nullptr, WNOHANG);  // Fails for those that are not our children; their turn comes.
      }
    }
    if (Clock::real().monotonic_ns() > deadline_ns) break;
    ::usleep(kRoundUs);
  }
  return killed.size();
}

}  // namespace mtc
