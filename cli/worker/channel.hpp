// SPDX-License-Identifier: Apache-2.0
//
// The worker's end of the socket to the driver.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "core/base/fd.hpp"
#include "core/base/frame.hpp"
#include "core/base/json.hpp"
#include "core/host/cancel.hpp"
#include "core/host/frame_sink.hpp"

namespace mtc::worker {

class Channel final : public host::FrameSink {
 public:
  /// `descriptor` stays the caller's. Blocks SIGTERM in the calling thread and those that it starts: the
  /// channel receives it as a cancel.
  explicit Channel(int descriptor);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// True when `descriptor` is a socket, as the driver leaves one.
  static bool is_open(int descriptor);

  /// Waits for the first frame. Errors: data_loss; aborted when the driver closed the socket; internal (not
  /// JSON).
  Result<Json> read_specification();

  /// Starts a thread, which lives as long as the process, that turns a cancel frame, the end of the socket
  /// (the driver is gone) and SIGTERM into cancel.request().
  void watch(host::Cancel& cancel);

  /// Any thread. A driver that is gone is noticed by watch(), so a frame that cannot be sent is dropped.
  void send(const Json& frame) noexcept override;

  /// True once `done` or `error` was sent.
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  void watch_loop(host::Cancel& cancel);
  /// Handles what arrived; false at the end of the socket.
  bool receive(host::Cancel& cancel);

  int descriptor_;
  FrameReader reader_;
  Fd signals_;
  std::mutex mutex_;
  std::atomic<bool> finished_{false};
};

}  // namespace mtc::worker
