// SPDX-License-Identifier: Apache-2.0
//
// Child processes that cannot outlive their purpose: own process group, killed by the kernel when the
// parent's thread ends, and killed with their descendants on demand.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fd.hpp"
#include "mtc/result.hpp"

namespace mtc {

struct Command {
  std::vector<std::string> argv;  ///< argv[0] is searched in PATH unless it holds a slash.
  std::vector<std::pair<std::string, std::string>> environment;  ///< Added to, or replacing, this process's.
  std::filesystem::path folder;                                  ///< Working folder; empty = this process's.
  std::vector<std::pair<int, int>> descriptors;  ///< {ours, number in the child}; all others are closed.
  int output = -1;  ///< stdout and stderr go here; -1 = inherited. stdin is /dev/null.
};

/// How a process ended.
struct ExitStatus {
  int code = 0;    ///< What it gave to exit(); meaningless when a signal ended it.
  int signal = 0;  ///< The signal that ended it, or 0.

  [[nodiscard]] bool ok() const { return code == 0 && signal == 0; }
  /// "exit code 3", "killed by signal 11 (SIGSEGV)".
  [[nodiscard]] std::string describe() const;
};

/// A running child. Its end is noticed by poll() or wait(); destroying a Child that still runs kills its
/// group. Use it from one thread, the one that started it.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// How it ended, or nullopt while it runs. Errors: internal when somebody else reaped it.
  Result<std::optional<ExitStatus>> poll();
  /// Waits for the end.
  Result<ExitStatus> wait();
  /// Waits for the end, at most `timeout_ms`; nullopt when it still runs then.
  Result<std::optional<ExitStatus>> wait_for(std::int64_t timeout_ms);
  /// Sends a signal to its process group; no effect after the end.
  void signal_group(int signal) const;
  /// SIGTERM to the group, after `grace_ms` SIGKILL to the group and to every descendant that left it; waits
  /// for the end.
  Result<ExitStatus> kill_group(std::int64_t grace_ms);

 private:
  pid_t pid_ = -1;
  std::optional<ExitStatus> status_;
};

/// Starts `command`. PR_SET_PDEATHSIG is SIGKILL and fires when the THREAD that calls this ends, so call it
/// from one that lives as long as the child. Errors: not_found (no such program or folder),
/// permission_denied, resource_exhausted.
Result<Child> start(const Command& command);

/// The absolute path that `name` stands for in PATH; names with a slash are made absolute. Errors: not_found.
Result<std::filesystem::path> find_program(std::string_view name);

/// A connected pair of stream sockets, close-on-exec: ours, and the one to hand to a child.
Result<std::pair<Fd, Fd>> socket_pair();

/// From here on, orphaned descendants become children of this process instead of init.
Result<void> become_subreaper();

/// Ids of all descendants of `root` that run now, from /proc.
std::vector<pid_t> descendants_of(pid_t root);

/// Resident memory of `root` and all its descendants in bytes, shared pages counted for each; 0 when it is
/// gone.
std::uint64_t resident_bytes(pid_t root);

/// Kills (SIGKILL) and reaps the children of this process that start() did not make, with their descendants:
/// what ended children left behind, where this process is their subreaper. Running children of start() and
/// all below them are spared. Repeats until none is left or `timeout_ms` is over. Returns how many were
/// killed. Safe from any thread.
std::size_t kill_orphans(std::int64_t timeout_ms = 2000);

}  // namespace mtc
