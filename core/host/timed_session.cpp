// SPDX-License-Identifier: Apache-2.0
#include "core/host/timed_session.hpp"

#include <utility>

#include "core/base/clock.hpp"

namespace mtc::host {
namespace {

double seconds_since(std::int64_t start_ns) {
  return static_cast<double>(Clock::real().monotonic_ns() - start_ns) * 1e-9;
}

}  // namespace

TimedSession::TimedSession(Session session, const std::vector<std::vector<mtc_tensor>>& inputs,
                           std::vector<Tensor> outputs)
    : session_(std::move(session)),
      inputs_(inputs),
      outputs_(std::move(outputs)),
      raw_outputs_(raw_tensors(outputs_)) {}

Result<TimedSession> TimedSession::make(Session session, const std::vector<std::vector<mtc_tensor>>& inputs) {
  MTC_ASSIGN(auto outputs, session.make_outputs(inputs.front()));
  return TimedSession(std::move(session), inputs, std::move(outputs));
}

Result<Interval> TimedSession::run() {
  Interval interval;
  MTC_TRY(session_.run(inputs_[next_input_], raw_outputs_, &interval));
  next_input_ = (next_input_ + 1) % inputs_.size();
  return interval;
}

Result<std::size_t> TimedSession::warm_up(double seconds) {
  const std::int64_t start = Clock::real().monotonic_ns();
  std::size_t count = 0;
  do {
    MTC_TRY(run());
    ++count;
  } while (seconds_since(start) < seconds);
  return count;
}

Result<void> TimedSession::measure(double seconds, std::size_t runs, const std::function<void()>& ran) {
  const std::int64_t start = Clock::real().monotonic_ns();
  const std::size_t enough = intervals_.size() + runs;
  do {
    MTC_ASSIGN(const Interval interval, run());
    intervals_.push_back(interval);
    ran();
  } while (seconds_since(start) < seconds || intervals_.size() < enough);
  return {};
}

}  // namespace mtc::host
