// SPDX-License-Identifier: Apache-2.0
//
// mtc.exec/1: a declared tool as a child that ends with the action.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "core/base/process.hpp"
#include "core/base/text.hpp"
#include "core/host/host.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

constexpr std::size_t kTailBytes = 64U << 10U;
constexpr int kPollMs = 50;
constexpr std::int64_t kGraceMs = 500;

Result<Command> command_of(const Host& host, const mtc_exec& exec) {
  const ActionSpec& spec = host.spec();
  const std::string where = spec.plugin_id + ", " + spec.name;
  if (exec.struct_size < sizeof exec || exec.argc == 0) {
    return Error{
        Code::invalid_argument, "exec was called without a command", where, "fill mtc_exec", false, true};
  }
  const std::string tool(view(exec.argv[0]));
  const auto path = spec.dependencies.find(tool);
  if (path == spec.dependencies.end()) {
    return Error{Code::not_found, "the tool \"" + tool + "\" was not found or is not declared", where,
                 "install it, and declare it as [[tool]] in plugin.toml"};
  }
  Command command;
  command.argv.push_back(path->second);
  for (std::uint64_t i = 1; i < exec.argc; ++i) command.argv.emplace_back(view(exec.argv[i]));
  for (std::uint64_t i = 0; i < exec.environment_count; ++i) {
    const std::string_view entry = view(exec.environment[i]);
    const auto equals = entry.find('=');
    if (equals == entry.npos || equals == 0) {
      return Error{Code::invalid_argument,
                   "the environment entry \"" + std::string(entry) + "\" is not NAME=VALUE",
                   where,
                   "write NAME=VALUE",
                   false,
                   true};
    }
    command.environment.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  command.folder = exec.folder.size == 0 ? spec.scratch : std::string(view(exec.folder));
  return command;
}

/// Appends what can be read now to `tail`, of which the last kTailBytes stay. False at the end of the stream.
bool drain(int descriptor, std::string& tail) {
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0;  // would block: more may come
    tail.append(buffer.data(), static_cast<std::size_t>(got));
    if (tail.size() > 2 * kTailBytes) tail.erase(0, tail.size() - kTailBytes);
  }
}

Result<ExitStatus> wait_for_end(Host& host, Child& child, int output, std::string& tail) {
  bool open = true;
  while (true) {
    if (host.cancel().requested()) {
      MTC_TRY(child.kill_group(kGraceMs));
      return Error{Code::cancelled, "cancelled", host.spec().name, "run it again"};
    }
    if (open) {
      pollfd entry{output, POLLIN, 0};
      ::poll(&entry, 1, kPollMs);
      open = drain(output, tail);
    }
    MTC_ASSIGN(const auto status, child.wait_for(open ? 0 : kPollMs));
    if (!status) continue;
    if (open) drain(output, tail);  // what it wrote last
    return *status;
  }
}

/// The pipe of the jobserver that MAKEFLAGS names, to be inherited under the same numbers; empty without one.
std::vector<std::pair<int, int>> jobserver_descriptors() {
  constexpr std::string_view kFlag = "--jobserver-auth=";
  const char* variable = std::getenv("MAKEFLAGS");
  const std::string_view flags = variable != nullptr ? variable : "";
  const auto at = flags.find(kFlag);
  if (at == std::string_view::npos) return {};
  const auto numbers = split(
      flags.substr(at + kFlag.size(), std::min(flags.find(' ', at), flags.size()) - at - kFlag.size()), ',');
  std::vector<std::pair<int, int>> descriptors;
  for (const auto& text : numbers) {
    const auto number = parse_integer(text);
    if (!number || ::fcntl(static_cast<int>(*number), F_GETFD) < 0) return {};
    descriptors.emplace_back(static_cast<int>(*number), static_cast<int>(*number));
  }
  return descriptors;
}

Result<void> run_tool(Host& host, mtc_exec& exec) {
  MTC_ASSIGN(Command command, command_of(host, exec));
  host.log(MTC_LOG_DEBUG, "exec: " + join(command.argv, " "));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Error{Code::resource_exhausted, std::string("cannot make a pipe: ") + std::strerror(errno),
                 command.argv[0], "raise the limit of open files"};
  }
  const Fd output(ends[0]);
  Fd child_end(ends[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  command.output = child_end.get();
  command.descriptors = jobserver_descriptors();
  MTC_ASSIGN(Child child, start(command));
  child_end.reset();
  std::string& tail = host.exec_output();
  tail.clear();
  MTC_ASSIGN(const ExitStatus status, wait_for_end(host, child, output.get(), tail));
  if (tail.size() > kTailBytes) tail.erase(0, tail.size() - kTailBytes);
  exec.exit_code = status.signal != 0 ? 128 + status.signal : status.code;
  exec.output = abi(tail);
  return {};
}

mtc_code run(const mtc_host* raw, mtc_exec* exec) {
  Host& host = Host::of(raw);
  return host.answer([&] { return run_tool(host, *exec); });
}

}  // namespace

const mtc_exec_v1 kExecService{sizeof(mtc_exec_v1), 0, run};

}  // namespace mtc::host
