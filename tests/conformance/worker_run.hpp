// SPDX-License-Identifier: Apache-2.0
//
// Starts a real mtc-worker, gives it an action and collects all that comes back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/fd.hpp"
#include "core/base/frame.hpp"
#include "core/base/json.hpp"
#include "core/base/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {

struct WorkerRun {
  std::vector<Json> frames;  ///< In order.
  ExitStatus status;
  std::string printed;  ///< stdout and stderr.

  /// The last frame of `type`, or an empty object.
  [[nodiscard]] Json last(const std::string& type) const;
  /// True when a log frame's text holds `part`.
  [[nodiscard]] bool logged(const std::string& part) const;
};

/// A running worker. What cannot be started or is not over after a minute fails the test.
class Worker {
 public:
  /// Starts it with its output in `folder`.
  explicit Worker(const TempDir& folder);
  void send(const Json& frame) { send_text(frame.dump()); }
  void send_text(const std::string& text);
  /// Closes this side of the socket, as a driver that dies.
  void hang_up() { socket_.reset(); }
  /// Sends it a signal.
  void signal(int number);
  /// Waits for a frame of `type`; false when the worker ends without one.
  bool wait_for(const std::string& type);
  /// Waits for the end.
  WorkerRun finish();
  /// Asks it to end by SIGTERM and ends it by SIGKILL after `grace_ms`.
  WorkerRun kill(std::int64_t grace_ms);

 private:
  /// Reads frames until one is of `type` or the stream ends.
  bool read_until(const std::string& type);
  WorkerRun collect(const ExitStatus& status);

  std::string log_;
  Fd socket_;
  FrameReader reader_;
  std::vector<Json> frames_;
  std::optional<Child> child_;
};

/// The action specification of the stage `name` of the test plugin `plugin` (tests/conformance/plugins), with
/// one output `out` in `folder`.
Json stage_specification(const TempDir& folder, const std::string& plugin, const std::string& name,
                         const Json& params = Json::object());

/// Starts a worker with `specification` and waits for its end.
WorkerRun run_worker(const TempDir& folder, const Json& specification);

/// Path of a test plugin.
std::string test_plugin(const std::string& name);

}  // namespace mtc::test
