// SPDX-License-Identifier: Apache-2.0
//
// The end of a child: noticing it, and bringing it about.
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/base/clock.hpp"
#include "core/base/file_system.hpp"
#include "core/base/own_children.hpp"
#include "core/base/process.hpp"

namespace mtc {

namespace {

constexpr std::int64_t kKilledMs = 60'000;

ExitStatus decode(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

/// waitpid that goes on after signals.
pid_t wait_retrying(pid_t pid, int* status, int options) {
  pid_t got = -1;
  do {
    got = ::waitpid(pid, status, options);
  } while (got < 0 && errno == EINTR);
  return got;
}

/// Reaps `pid` if it has ended, as waitpid; from then on its number may be another's.
pid_t reap(pid_t pid, int* status, int options) {
  OwnChildren own;
  const pid_t got = wait_retrying(pid, status, options);
  if (got != 0) own.remove(pid);
  return got;
}

/// Waits until process `pid` ends or `timeout_ms` is over; its status stays to be collected.
void wait_for_end(pid_t pid, std::int64_t timeout_ms) {
  // A descriptor that polls as readable at the end (Linux 5.3); without it, look every few milliseconds.
  const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd entry{handle.get(), POLLIN, 0};
  const int wait_ms = static_cast<int>(std::min<std::int64_t>(timeout_ms, handle ? 60'000 : 5));
  ::poll(handle ? &entry : nullptr, handle ? 1 : 0, wait_ms);  // The caller looks again, whatever ended it.
}

}  // namespace

std::string ExitStatus::describe() const {
  if (signal == 0) return "exit code " + std::to_string(code);
  const char* name = ::sigabbrev_np(signal);
  const std::string number = "killed by signal " + std::to_string(signal);
  return name == nullptr ? number : number + " (SIG" + name + ")";
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(status_, other.status_);
  return *this;
}

Child::~Child() {
  if (pid_ <= 0 || status_) return;
  signal_group(SIGKILL);
  int status = 0;
  wait_for_end(pid_, kKilledMs);  // Outside the lock that reap() takes.
  reap(pid_, &status, 0);
}

Result<std::optional<ExitStatus>> Child::poll() {
  if (status_) return status_;
  int status = 0;
  const pid_t got = reap(pid_, &status, WNOHANG);
  if (got == 0) return std::optional<ExitStatus>();
  if (got < 0) {
    status_ = ExitStatus{255, 0};
    return Error{Code::internal, "process " + std::to_string(pid_) + " was reaped by somebody else", "", ""};
  }
  status_ = decode(status);
  return status_;
}

Result<ExitStatus> Child::wait() {
  while (true) {
    MTC_ASSIGN(const std::optional<ExitStatus> status, wait_for(60'000));
    if (status) return *status;
  }
}

Result<std::optional<ExitStatus>> Child::wait_for(std::int64_t timeout_ms) {
  const std::int64_t deadline_ns = Clock::real().monotonic_ns() + timeout_ms * 1'000'000;
  while (true) {
    MTC_ASSIGN(const std::optional<ExitStatus> status, poll());
    const std::int64_t left_ms = (deadline_ns - Clock::real().monotonic_ns() + 999'999) / 1'000'000;
    if (status || left_ms <= 0) return status;
    wait_for_end(pid_, left_ms);
  }
}

void Child::signal_group(int signal) const {
  // Once reaped, the number may belong to another group.
  if (pid_ > 0 && !status_) ::kill(-pid_, signal);
}

Result<ExitStatus> Child::kill_group(std::int64_t grace_ms) {
  const std::vector<pid_t> before = descendants_of(pid_);
  signal_group(SIGTERM);
  MTC_TRY(wait_for(grace_ms));
  // The group outlives its leader, so it is killed even when the leader went in time. Its number cannot have
  // been given to others while a member lives; when none lives, kill() finds nobody.
  std::vector<pid_t> rest = status_ ? std::vector<pid_t>() : descendants_of(pid_);
  ::kill(-pid_, SIGKILL);
  for (const pid_t pid : rest) ::kill(pid, SIGKILL);
  const std::vector<pid_t> ours = descendants_of(::getpid());
  for (const pid_t pid : before) {
    // Orphans of the child: still below this process if it is their reaper, and then the number is theirs.
    if (std::find(ours.begin(), ours.end(), pid) != ours.end()) ::kill(pid, SIGKILL);
  }
  return wait();
}

}  // namespace mtc
