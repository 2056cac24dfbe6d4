// SPDX-License-Identifier: Apache-2.0
#include "core/base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>

#include "core/base/file.hpp"
#include "core/base/frame.hpp"
#include "core/base/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

Command shell(const std::string& script) { return {{"sh", "-c", script}, {}, {}, {}, -1}; }

class ProcessTest : public testing::Test {
 protected:
  /// Runs to the end and gives what it printed.
  std::string output_of(Command command, ExitStatus* status = nullptr) {
    const auto file = folder_ / "output";
    const Fd output(
        ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));  // NOLINT: variadic by POSIX
    command.output = output.get();
    auto child = start(command);
    EXPECT_TRUE(child) << (child ? "" : child.error().message);
    if (!child) return "";
    const auto ended = child->wait();
    EXPECT_TRUE(ended);
    if (status != nullptr && ended) *status = *ended;
    return test::read_file(file);
  }

  /// Starts a script that reports the pids it prints on descriptor 3, and reads `count` of them.
  std::pair<Child, std::vector<pid_t>> start_reporting(const std::string& script, std::size_t count) {
    auto ends = socket_pair();
    EXPECT_TRUE(ends);
    Command command = shell(script);
    command.descriptors = {{ends->second.get(), 3}};
    auto child = start(command);
    EXPECT_TRUE(child);
    ends->second.reset();
    std::string text;
    char byte = 0;
    while (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < count &&
           ::read(ends->first.get(), &byte, 1) == 1)
      text.push_back(byte);
    std::vector<pid_t> pids;
    for (const std::string& line : split(trim(text), '\n'))
      pids.push_back(static_cast<pid_t>(parse_integer(line).value_or(0)));
    return {std::move(*child), pids};
  }

  test::TempDir folder_;
};

/// Waits, for at most ten seconds, until the kernel has ended `pid`.
bool ends_soon(pid_t pid) {
  const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!handle) return errno == ESRCH;
  pollfd entry{handle.get(), POLLIN, 0};
  return ::poll(&entry, 1, 10'000) == 1;
}

TEST_F(ProcessTest, GivesArgumentsEnvironmentFolderAndOutput) {
  Command command{
      {"sh", "-c", "printf '%s|' \"$0\" \"$MTC_X\" \"$PWD\" \"${HOME:+home}\"; echo err >&2", "a b"},
      {{"MTC_X", "one=two"}, {"HOME", "/h"}},
      folder_.path(),
      {},
      -1};
  EXPECT_EQ(output_of(command), "a b|one=two|" + folder_.path().string() + "|home|err\n");
}

TEST_F(ProcessTest, StandardInputIsEmpty) { EXPECT_EQ(output_of(shell("cat; echo end")), "end\n"); }

TEST_F(ProcessTest, DecodesExitCodesAndSignals) {
  ExitStatus status;
  output_of(shell("exit 3"), &status);
  EXPECT_EQ(status.describe(), "exit code 3");
  EXPECT_FALSE(status.ok());
  output_of(shell("kill -SEGV $$"), &status);
  EXPECT_EQ(status.describe(), "killed by signal 11 (SIGSEGV)");
  output_of(shell("true"), &status);
  EXPECT_TRUE(status.ok());
}

TEST_F(ProcessTest, HandsOverASocketUnderItsNumberAndNothingElse) {
  auto ends = socket_pair();
  ASSERT_TRUE(ends);
  const Fd leaked(::open("/dev/null", O_RDONLY));  // NOLINT: variadic by POSIX; not close-on-exec on purpose
  Command command = shell("ls /proc/self/fd | tr '\\n' ' '; printf '\\002\\000\\000\\000hi' >&3");
  command.descriptors = {{ends->second.get(), 3}};
  // ls itself opens one descriptor for the folder that it reads.
  EXPECT_EQ(output_of(command), "0 1 2 3 4 ");
  ends->second.reset();
  FrameReader reader;
  const auto text = read_frame(ends->first.get(), reader);
  ASSERT_TRUE(text && *text);
  EXPECT_EQ(**text, "hi");
}

TEST_F(ProcessTest, DescriptorsMayTradePlaces) {
  const auto one = folder_.write("one", "1");
  const auto two = folder_.write("two", "2");
  const Fd first(::open(one.c_str(), O_RDONLY | O_CLOEXEC));   // NOLINT: variadic by POSIX
  const Fd second(::open(two.c_str(), O_RDONLY | O_CLOEXEC));  // NOLINT: variadic by POSIX
  Command command = shell("cat <&" + std::to_string(first.get()) + "; cat <&" + std::to_string(second.get()));
  command.descriptors = {{first.get(), second.get()}, {second.get(), first.get()}};
  EXPECT_EQ(output_of(command), "21");
}

TEST_F(ProcessTest, IgnoredSignalsOfTheParentAreDefaultInTheChild) {
  struct sigaction ignore {};
  struct sigaction old {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGTERM, &ignore, &old);
  ExitStatus status;
  output_of(shell("kill -TERM $$; exit 0"), &status);
  ::sigaction(SIGTERM, &old, nullptr);
  EXPECT_EQ(status.signal, SIGTERM);
}

TEST_F(ProcessTest, SaysWhatCouldNotBeStarted) {
  const auto unknown = start({{"no-such-program-here"}, {}, {}, {}, -1});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::not_found);
  const auto no_program = start({{folder_.write("text", "no program").string()}, {}, {}, {}, -1});
  ASSERT_FALSE(no_program);
  EXPECT_EQ(no_program.error().code, Code::permission_denied);
  const auto no_folder = start({{"true"}, {}, folder_ / "absent", {}, -1});
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code, Code::not_found);
  EXPECT_EQ(no_folder.error().where, (folder_ / "absent").string());
  EXPECT_FALSE(start({}));
}

TEST_F(ProcessTest, PollAnswersWithoutWaitingAndWaitForGivesUpInTime) {
  auto child = start(shell("exec sleep 1000"));
  ASSERT_TRUE(child);
  EXPECT_FALSE(child->poll()->has_value());
  EXPECT_FALSE(child->wait_for(20)->has_value());
  child->signal_group(SIGKILL);
  EXPECT_EQ(child->wait()->signal, SIGKILL);
  EXPECT_EQ((*child->poll())->signal, SIGKILL);  // Known from here on.
}

TEST_F(ProcessTest, KillGroupLetsAWellBehavedProcessFinish) {
  auto [child, pids] = start_reporting("trap 'exit 7' TERM; echo $$ >&3; while :; do sleep 0.01; done", 1);
  const auto status = child.kill_group(10'000);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 7);
}

TEST_F(ProcessTest, KillGroupEndsADeafProcessWithItsDescendantsOfOtherSessions) {
  auto [child, pids] = start_reporting(
      "trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$ >&3; while :; do sleep 1; done' & echo $$ >&3; "
      "while :; do sleep 1; done",
      2);
  ASSERT_EQ(pids.size(), 2U);
  const auto status = child.kill_group(50);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->signal, SIGKILL);
  for (const pid_t pid : pids) EXPECT_TRUE(ends_soon(pid)) << pid;
}

TEST_F(ProcessTest, ADestroyedChildIsKilled) {
  pid_t pid = 0;
  {
    auto child = start(shell("exec sleep 1000"));
    ASSERT_TRUE(child);
    pid = child->pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(ProcessTest, ASubreaperFindsAndEndsOrphansButSparesOthers) {
  ASSERT_TRUE(become_subreaper());
  auto spared = start(shell("exec sleep 1000"));
  ASSERT_TRUE(spared);
  // The script leaves a daemon behind, in a session of its own, and ends.
  auto [child, pids] = start_reporting("setsid sh -c 'echo $$ >&3; exec 3>&-; exec sleep 1000' & exit 0", 1);
  ASSERT_EQ(pids.size(), 1U);
  ASSERT_TRUE(child.wait());
  EXPECT_EQ(kill_orphans(), 1U);
  EXPECT_EQ(::kill(pids[0], 0), -1);
  EXPECT_FALSE(spared->poll()->has_value());
}

TEST_F(ProcessTest, AChildDiesWithTheProcessThatStartedIt) {
  auto ends = socket_pair();
  ASSERT_TRUE(ends);
  const pid_t middle = ::fork();
  if (middle == 0) {
    auto child = start(shell("exec sleep 1000"));
    if (child) {
      const pid_t pid = child->pid();
      static_cast<void>(!::write(ends->second.get(), &pid, sizeof pid));
    }
    ::kill(::getpid(), SIGKILL);
  }
  pid_t pid = 0;
  ASSERT_EQ(::read(ends->first.get(), &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ASSERT_EQ(::waitpid(middle, nullptr, 0), middle);
  EXPECT_TRUE(ends_soon(pid));
}

TEST_F(ProcessTest, FindsProgramsInPath) {
  EXPECT_EQ(find_program("sh")->filename(), "sh");
  EXPECT_TRUE(find_program("sh")->is_absolute());
  EXPECT_EQ(find_program("/some/where/x")->string(), "/some/where/x");
  const auto absent = find_program("no-such-program-here");
  ASSERT_FALSE(absent);
  EXPECT_FALSE(absent.error().hint.empty());
}

}  // namespace
}  // namespace mtc
