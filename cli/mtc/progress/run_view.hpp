// SPDX-License-Identifier: Apache-2.0
//
// What a run is at, from its events (core/run/events.hpp). Time is given by the caller in seconds, so that
// nothing here needs a clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/json.hpp"

namespace mtc::cli {

/// A line that stays.
struct Line {
  std::string text;
  bool warning = false;  ///< Shown also where no progress is wanted.
};

class RunView {
 public:
  /// `explain`: a line for each action says why it ran or did not have to.
  explicit RunView(bool explain = false) : explain_(explain) {}

  /// Takes an event in; returns what people should see of it for good.
  std::vector<Line> take(const Json& event, double now_s);

  /// What runs now: a line a stage with its phase, its time and what is left of it, then one for the run.
  /// None is wider than `columns`, and there are at most `rows`. Empty while nothing runs.
  [[nodiscard]] std::vector<std::string> block(double now_s, std::size_t columns, std::size_t rows) const;

  /// "still running: dense, 2 min 00 s, epoch 3/10; build, 5 s"; empty while nothing runs.
  [[nodiscard]] std::string heartbeat(double now_s) const;

  [[nodiscard]] bool idle() const { return rows_.empty(); }

 private:
  struct Row {
    std::string stage;
    std::string what;  ///< Kind of action, or what it waits for.
    std::string phase;
    std::string unit;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    double started_s = 0;
    double phase_started_s = 0;
    double heard_s = 0;  ///< Of it the last time.
    bool told = false;   ///< That it started.
  };

  Row& row(const std::string& stage, double now_s);
  void progress(const Json& event, double now_s);
  std::vector<Line> worker_started(const Json& event, double now_s);
  std::vector<Line> finished(const Json& event);
  [[nodiscard]] static std::string amount(const Row& row);
  [[nodiscard]] static std::string times(const Row& row, double now_s);
  [[nodiscard]] static std::string line_of(const Row& row, double now_s, std::size_t columns);

  std::vector<Line> lines_of(const Json& event, double now_s);

  bool explain_;
  std::vector<Row> rows_;  ///< In the order in which they started.
  std::size_t stages_ = 0;
  std::size_t finished_ = 0;
  double started_s_ = 0;
};

}  // namespace mtc::cli
