// SPDX-License-Identifier: Apache-2.0
//
// A session that runs in a loop, with time stamps around each run.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/host/session.hpp"
#include "core/host/tensor.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

class TimedSession {
 public:
  /// `inputs`, which runs take in turn, outlive the session. Errors: the plugin's own.
  static Result<TimedSession> make(Session session, const std::vector<std::vector<mtc_tensor>>& inputs);

  /// Runs for at least `seconds` and once, without keeping time stamps; gives the number of runs.
  Result<std::size_t> warm_up(double seconds);
  /// Runs for at least `seconds` and `runs` times, and keeps the time stamps; `ran` is called after each run.
  Result<void> measure(double seconds, std::size_t runs, const std::function<void()>& ran);
  [[nodiscard]] const std::vector<Interval>& intervals() const { return intervals_; }

 private:
  TimedSession(Session session, const std::vector<std::vector<mtc_tensor>>& inputs,
               std::vector<Tensor> outputs);
  Result<Interval> run();

  Session session_;
  const std::vector<std::vector<mtc_tensor>>& inputs_;
  std::vector<Tensor> outputs_;
  std::vector<mtc_tensor> raw_outputs_;
  std::vector<Interval> intervals_;
  std::size_t next_input_ = 0;
};

}  // namespace mtc::host
