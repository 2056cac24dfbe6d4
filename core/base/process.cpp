// SPDX-License-Identifier: Apache-2.0
//
// vfork + exec by hand: posix_spawn can set neither PR_SET_PDEATHSIG nor the working folder on every libc,
// and fork copies the page tables of the driver, which costs more than all else that starts a worker. Between
// vfork and exec the child runs in this process's memory while the caller waits: only async-signal-safe calls
// are made, and nothing is written but what `Launch` holds. A failure travels back through a close-on-exec
// pipe.
#include "core/base/process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "core/base/file_system.hpp"
#include "core/base/own_children.hpp"
#include "core/base/text.hpp"

namespace mtc {

namespace {

/// What the child reports before exec: errno, and which step failed.
struct Failure {
  int number = 0;
  int step = 0;
};
enum Step : int { step_setup, step_folder, step_exec };

/// All that the child needs, laid out before vfork: after it, nothing may allocate.
struct Launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::vector<std::pair<int, int>> descriptors;
  std::string program;
  std::string folder;
  int report = -1;
  int first_free = 3;  ///< Above all numbers that `descriptors` will use.
  pid_t parent = 0;
};

[[noreturn]] void report_and_exit(int report, int step) {
  const Failure failure{errno, step};
  // Nobody is left to tell when this write fails; the exit code says that something went wrong.
  [[maybe_unused]] const ssize_t written = ::write(report, &failure, sizeof failure);
  ::_exit(127);
}

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Moves the inherited descriptors to their numbers; false and errno on failure.
bool place_descriptors(Launch& launch) {
  // First out of the way of each other, then into place: dup2 clears close-on-exec.
  launch.report = ::fcntl(launch.report, F_DUPFD_CLOEXEC, launch.first_free);
  if (launch.report < 0) return false;
  for (auto& [ours, theirs] : launch.descriptors) {
    ours = ::fcntl(ours, F_DUPFD_CLOEXEC, launch.first_free);
    if (ours < 0) return false;
  }
  // Kernels before 5.11 refuse; the project's own descriptors are close-on-exec anyway.
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  return std::all_of(launch.descriptors.begin(), launch.descriptors.end(),
                     [](const auto& entry) { return ::dup2(entry.first, entry.second) >= 0; });
}

[[noreturn]] void run_child(Launch& launch) {
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) report_and_exit(launch.report, step_setup);
  if (::getppid() != launch.parent) ::_exit(127);  // The parent died before prctl could tell us.
  if (!place_descriptors(launch)) report_and_exit(launch.report, step_setup);
  reset_signals();
  if (!launch.folder.empty() && ::chdir(launch.folder.c_str()) != 0)
    report_and_exit(launch.report, step_folder);
  ::execve(launch.program.c_str(), launch.argv.data(), launch.environment.data());
  report_and_exit(launch.report, step_exec);
}

/// This process's environment with `additions` in place of variables of the same name.
std::vector<std::string> merged_environment(
    const std::vector<std::pair<std::string, std::string>>& additions) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    if (std::none_of(additions.begin(), additions.end(), [&](const auto& a) { return a.first == name; }))
      merged.emplace_back(text);
  }
  for (const auto& [name, value] : additions) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// vfork with all signals blocked, so that no handler of this process runs in the child.
pid_t fork_quietly(Launch& launch) {
  sigset_t all;
  sigset_t old;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &old);
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-*): see above.
  if (pid == 0) run_child(launch);
  const int number = errno;
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  errno = number;
  return pid;
}

/// Waits until the child has become the program; its failure if it could not.
std::optional<Failure> read_report(int descriptor) {
  Failure failure;
  ssize_t got = -1;
  do {
    got = ::read(descriptor, &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(sizeof failure)) return failure;
  return std::nullopt;
}

Error start_error(const Failure& failure, const Command& command, const std::string& program) {
  switch (failure.step) {
    case step_folder:
      return errno_error(failure.number, "cannot start " + command.argv[0] + " in folder", command.folder);
    case step_exec:
      return errno_error(failure.number, "cannot start program", program);
    default:
      return errno_error(failure.number, "cannot prepare a process for", program);
  }
}

}  // namespace

Result<Child> start(const Command& command) {
  if (command.argv.empty())
    return Error{Code::invalid_argument, "cannot start a command without a name", "", ""};
  MTC_ASSIGN(const std::filesystem::path program, find_program(command.argv[0]));

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "cannot start program", program);
  const Fd report(ends[0]);
  Fd report_child(ends[1]);
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return errno_error(errno, "cannot open", "/dev/null");

  std::vector<std::string> argv = command.argv;
  std::vector<std::string> environment = merged_environment(command.environment);
  Launch launch;
  launch.argv = pointers(argv);
  launch.environment = pointers(environment);
  launch.descriptors = command.descriptors;
  launch.descriptors.emplace_back(null.get(), STDIN_FILENO);
  if (command.output >= 0) {
    launch.descriptors.emplace_back(command.output, STDOUT_FILENO);
    launch.descriptors.emplace_back(command.output, STDERR_FILENO);
  }
  for (const auto& [ours, theirs] : launch.descriptors)
    launch.first_free = std::max(launch.first_free, theirs + 1);
  launch.program = program.string();
  launch.folder = command.folder.string();
  launch.report = report_child.get();
  launch.parent = ::getpid();

  const pid_t pid = [&launch] {
    OwnChildren own;
    const pid_t made = fork_quietly(launch);
    if (made > 0) own.add(made);
    return made;
  }();
  if (pid < 0) return errno_error(errno, "cannot start program", program);
  ::setpgid(pid,
            pid);  // In both processes: whoever comes first. EACCES after exec means that the child did it.
  report_child.reset();
  Child child(pid);
  if (const auto failure = read_report(report.get())) {
    MTC_TRY(child.wait());
    return start_error(*failure, command, launch.program);
  }
  return child;
}

Result<std::filesystem::path> find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::filesystem::absolute(name);
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    const auto candidate = std::filesystem::path(folder.empty() ? "." : folder) / name;
    std::error_code error;
    if (::access(candidate.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(candidate, error))
      return std::filesystem::absolute(candidate);
  }
  return Error{Code::not_found, "no program \"" + std::string(name) + "\" in PATH", std::string(name),
               "install it, or add its folder to PATH"};
}

Result<std::pair<Fd, Fd>> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return errno_error(errno, "cannot make a socket pair", "");
  return std::pair<Fd, Fd>(Fd(ends[0]), Fd(ends[1]));
}

}  // namespace mtc
