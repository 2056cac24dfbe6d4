// SPDX-License-Identifier: Apache-2.0
//
// Live progress on stderr from the run's events: one line that changes on a terminal, else a line a change
// and a heartbeat every 30 s.
#pragma once

#include <chrono>
#include <string>

#include "core/base/json.hpp"

namespace mtc::cli {

class Progress {
 public:
  /// `explain`: also a line an action, with why it ran or did not have to.
  explicit Progress(bool explain = false);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void event(const Json& event);

 private:
  void line(const std::string& text);
  void live(const std::string& text);
  void show(const Json& event);
  void explain(const Json& event);

  bool explain_;
  bool terminal_;
  bool live_shown_ = false;
  std::chrono::steady_clock::time_point last_line_;
  std::chrono::steady_clock::time_point last_live_;
};

}  // namespace mtc::cli
