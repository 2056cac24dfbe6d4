// SPDX-License-Identifier: Apache-2.0
//
// Progress on stderr from the run's events. On a terminal a block of lines stands below everything else and
// changes: one a running stage, one for the run. Elsewhere there is a line a change of state, and one every
// 30 s that says what still runs, so that no CI system takes a long stage for a hung one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "cli/mtc/progress/run_view.hpp"
#include "core/base/clock.hpp"
#include "core/base/json.hpp"

namespace mtc::cli {

struct ProgressOptions {
  std::string mode = "auto";  ///< auto, plain (no block even on a terminal), none (warnings alone)
  bool explain = false;       ///< Also a line an action, with why it ran or did not have to.
  double heartbeat_s = 30;    ///< Longest silence while something runs.
};

class Progress {
 public:
  explicit Progress(ProgressOptions options = {});
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Safe from any thread.
  void event(const Json& event);

 private:
  void watch();
  void tick();
  void write(const std::string& text);
  void redraw(const std::string& lines, double now_s);
  [[nodiscard]] std::string draw(double now_s);
  [[nodiscard]] std::string erase();
  [[nodiscard]] double now_s() const;

  enum class Mode { live, plain, none };
  Mode mode_;
  double heartbeat_s_;
  std::mutex mutex_;
  std::condition_variable changed_;
  RunView view_;
  std::size_t drawn_ = 0;  ///< Lines of the block on the screen.
  double drawn_s_ = -1;
  double spoken_s_ = 0;  ///< When the last line was written.
  bool ends_ = false;
  std::thread watcher_;  ///< Runs from the first event on that something runs.
};

}  // namespace mtc::cli
