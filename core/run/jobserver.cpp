// SPDX-License-Identifier: Apache-2.0
#include "core/run/jobserver.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/base/file.hpp"

namespace mtc::run {
namespace {

// Numbers in the worker: 3 is its channel to the driver.
constexpr int kReadNumber = 4;
constexpr int kWriteNumber = 5;

}  // namespace

Result<Jobserver> Jobserver::make(int slots) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "cannot make the jobserver's pipe", "");
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const std::string name = fmt::format("/proc/self/fd/{}", ends[0]);
  Fd own_read(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!own_read) return errno_error(errno, "cannot open the jobserver's pipe", name);
  Jobserver server(slots, std::move(read_end), std::move(write_end), std::move(own_read));
  server.give_back(slots);
  return server;
}

bool Jobserver::try_take(int count) {
  for (int taken = 0; taken < count; ++taken) {
    char slot = 0;
    if (::read(own_read_.get(), &slot, 1) == 1) continue;
    give_back(taken);
    return false;
  }
  return true;
}

void Jobserver::give_back(int count) {
  const std::string slots(static_cast<std::size_t>(count), '+');
  // Never more bytes than slots, which is far below the size of a pipe: the write is whole and does not
  // block.
  static_cast<void>(write_all(write_end_.get(), slots, "jobserver"));
}

void Jobserver::refill() {
  while (try_take(1)) {
  }
  give_back(slots_);
}

std::vector<std::pair<int, int>> Jobserver::descriptors() const {
  return {{read_end_.get(), kReadNumber}, {write_end_.get(), kWriteNumber}};
}

std::string Jobserver::makeflags() {
  return fmt::format(" -j --jobserver-auth={},{}", kReadNumber, kWriteNumber);
}

}  // namespace mtc::run
