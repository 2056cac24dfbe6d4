// SPDX-License-Identifier: Apache-2.0
#include "core/base/frame.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/base/file_system.hpp"

namespace mtc {

namespace {

constexpr std::size_t kHeaderBytes = 4;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

void wait_for(int descriptor, short events) {
  pollfd entry{descriptor, events, 0};
  ::poll(&entry, 1, -1);  // Whatever ended it, the next call on the descriptor says what is the matter.
}

/// One write that raises no SIGPIPE where it can: sockets know how, pipes and files do not.
ssize_t write_quietly(int descriptor, std::string_view bytes) {
  const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  return ::write(descriptor, bytes.data(), bytes.size());
}

Error too_long(std::size_t bytes) {
  return {Code::data_loss, fmt::format("a frame claims {} bytes; the limit is {}", bytes, kMaxFrameBytes), "",
          "driver and worker must be of the same build"};
}

}  // namespace

Result<void> write_frame(int descriptor, std::string_view text) {
  if (text.size() > kMaxFrameBytes)
    return Error{Code::out_of_range,
                 fmt::format("a frame of {} bytes is over the limit of {}", text.size(), kMaxFrameBytes), "",
                 ""};
  std::string bytes;
  bytes.reserve(kHeaderBytes + text.size());
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<char>((text.size() >> shift) & 0xFFU));
  bytes.append(text);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t written = write_quietly(descriptor, rest);
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      wait_for(descriptor, POLLOUT);
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return Error{Code::aborted, "the other side of the connection has gone", "", ""};
    } else if (errno != EINTR) {
      return errno_error(errno, "cannot write a frame", "");
    }
  }
  return {};
}

Result<FrameReader::Fill> FrameReader::fill(int descriptor) {
  std::array<char, kReadBytes> block;  // NOLINT: filled by read
  while (true) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got > 0) {
      feed({block.data(), static_cast<std::size_t>(got)});
      return Fill::data;
    }
    if (got == 0 || errno == ECONNRESET) return Fill::end;
    if (errno == EAGAIN) return Fill::would_block;
    if (errno != EINTR) return errno_error(errno, "cannot read a frame", "");
  }
}

void FrameReader::feed(std::string_view bytes) {
  if (start_ > kReadBytes && start_ > pending_.size() / 2) {
    pending_.erase(0, start_);
    start_ = 0;
  }
  pending_.append(bytes);
}

Result<std::optional<std::string>> FrameReader::next() {
  const std::string_view rest = std::string_view(pending_).substr(start_);
  if (rest.size() < kHeaderBytes) return std::optional<std::string>();
  std::size_t length = 0;
  for (std::size_t i = 0; i < kHeaderBytes; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(rest[i])) << (8 * i);
  if (length > kMaxFrameBytes) return too_long(length);
  if (rest.size() - kHeaderBytes < length) return std::optional<std::string>();
  std::optional<std::string> text(rest.substr(kHeaderBytes, length));
  start_ += kHeaderBytes + length;
  if (start_ == pending_.size()) {
    pending_.clear();
    start_ = 0;
  }
  return text;
}

Result<void> FrameReader::finish() const {
  const std::size_t left = pending_.size() - start_;
  if (left == 0) return {};
  return Error{Code::data_loss,
               fmt::format("the connection ended inside a frame ({} bytes of it came)", left), "", ""};
}

Result<std::optional<std::string>> read_frame(int descriptor, FrameReader& reader) {
  while (true) {
    MTC_ASSIGN(std::optional<std::string> text, reader.next());
    if (text) return text;
    MTC_ASSIGN(const FrameReader::Fill state, reader.fill(descriptor));
    if (state == FrameReader::Fill::would_block) wait_for(descriptor, POLLIN);
    if (state == FrameReader::Fill::end) {
      MTC_TRY(reader.finish());
      return std::optional<std::string>();
    }
  }
}

}  // namespace mtc
