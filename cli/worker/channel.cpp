// SPDX-License-Identifier: Apache-2.0
#include "cli/worker/channel.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <exception>
#include <string>
#include <thread>

namespace mtc::worker {
namespace {

sigset_t termination() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Channel::Channel(int descriptor) : descriptor_(descriptor) {
  const sigset_t set = termination();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

bool Channel::is_open(int descriptor) {
  struct stat info {};
  return ::fstat(descriptor, &info) == 0 && S_ISSOCK(info.st_mode);
}

Result<Json> Channel::read_specification() {
  MTC_ASSIGN(const auto text, read_frame(descriptor_, reader_));
  if (!text)
    return Error{Code::aborted, "the driver ended before it sent an action", "descriptor 3", "run mtc again"};
  Json specification = Json::parse(*text, nullptr, false);
  if (specification.is_discarded()) {
    return Error{Code::internal, "the action specification is not JSON", "descriptor 3",
                 "use mtc and mtc-worker of the same build"};
  }
  return specification;
}

void Channel::send(const Json& frame) noexcept {
  try {
    const std::string text = frame.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::string type = frame.value("type", "");
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    // A driver that is gone cannot be told; watch() sees the end of the socket and cancels the action.
    static_cast<void>(write_frame(descriptor_, text));
    if (type == "done" || type == "error") finished_ = true;
  } catch (const std::exception&) {
    // Out of memory for a log line: the action is about to learn the same.
    return;
  }
}

void Channel::watch(host::Cancel& cancel) {
  std::thread([this, &cancel] { watch_loop(cancel); }).detach();
}

bool Channel::receive(host::Cancel& cancel) {
  const auto state = reader_.fill(descriptor_);
  while (true) {
    const auto text = reader_.next();
    if (!text) return false;  // not the driver's protocol: nothing good can come any more
    if (!*text) break;
    const Json frame = Json::parse(**text, nullptr, false);
    if (frame.is_object() && frame.value("type", "") == "cancel") cancel.request();
  }
  return state && *state != FrameReader::Fill::end;
}

void Channel::watch_loop(host::Cancel& cancel) {
  std::array<pollfd, 2> entries{{{descriptor_, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
  while (true) {
    if (::poll(entries.data(), entries.size(), -1) < 0) continue;
    if (entries[1].revents != 0) {
      signalfd_siginfo info{};
      if (::read(signals_.get(), &info, sizeof info) > 0) cancel.request();
    }
    if (entries[0].revents != 0 && !receive(cancel)) {
      cancel.request();
      entries[0].fd = -1;  // poll() ignores it from here on
    }
  }
}

}  // namespace mtc::worker
