// SPDX-License-Identifier: Apache-2.0
#include "core/run/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace mtc::run {
namespace {

/// How often a slot that a compiler has borrowed is asked for.
constexpr auto kSlotPoll = std::chrono::milliseconds(20);

class Scheduler {
 public:
  Scheduler(const Tasks& tasks, Capacity capacity, Jobserver& jobserver)
      : tasks_(tasks),
        states_(tasks.tasks.size(), State::waiting),
        resources_(capacity),
        jobserver_(jobserver),
        threads_wanted_(std::min(static_cast<std::size_t>(capacity.cpu), tasks.tasks.size())) {}

  void run() {
    std::vector<std::jthread> threads;
    threads.reserve(threads_wanted_);
    for (std::size_t i = 0; i < threads_wanted_; ++i) threads.emplace_back([this] { work(); });
  }

 private:
  enum class State { waiting, running, well, badly };

  /// One thread: takes what can start until nothing is left.
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      leave_out();
      if (!unfinished()) break;
      const auto index = next();
      if (!index && short_of_slots_) {
        changed_.wait_for(lock, kSlotPoll);  // Compilers that give a slot back do not tell us.
        continue;
      }
      if (!index) {
        changed_.wait(lock);
        continue;
      }
      const Demand& demand = tasks_.tasks[*index].demand;
      states_[*index] = State::running;
      resources_.take(demand);
      lock.unlock();
      const Ended ended = tasks_.run(*index);
      lock.lock();
      resources_.give_back(demand);
      jobserver_.give_back(resources_.slots(demand));
      states_[*index] = ended == Ended::well ? State::well : State::badly;
      stopped_ = stopped_ || ended == Ended::stop;
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  [[nodiscard]] bool unfinished() const {
    return std::ranges::any_of(states_, [](State s) { return s == State::waiting || s == State::running; });
  }

  /// Marks what can no longer run. Tasks only need smaller indices, so one pass sees all.
  void leave_out() {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_[i] != State::waiting) continue;
      const bool hopeless = stopped_ || std::ranges::any_of(tasks_.tasks[i].needs, [this](std::size_t need) {
                              return states_[need] == State::badly;
                            });
      if (!hopeless) continue;
      states_[i] = State::badly;
      tasks_.left_out(i);
    }
  }

  /// A task that can start now; its slots are taken.
  std::optional<std::size_t> next() {
    short_of_slots_ = false;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const Task& task = tasks_.tasks[i];
      if (states_[i] != State::waiting || !resources_.fits(task.demand)) continue;
      const bool ready =
          std::ranges::all_of(task.needs, [this](std::size_t need) { return states_[need] == State::well; });
      if (!ready) continue;
      if (jobserver_.try_take(resources_.slots(task.demand))) return i;
      if (resources_.idle()) {
        jobserver_.refill();  // No worker is left, so the slots went down with killed compilers.
        if (jobserver_.try_take(resources_.slots(task.demand))) return i;
      }
      short_of_slots_ = true;
    }
    return std::nullopt;
  }

  const Tasks& tasks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> states_;
  Resources resources_;
  Jobserver& jobserver_;
  std::size_t threads_wanted_;
  bool stopped_ = false;
  bool short_of_slots_ = false;  ///< Something could start but for slots that compilers hold.
};

}  // namespace

void run_tasks(const Tasks& tasks, Capacity capacity, Jobserver& jobserver) {
  Scheduler(tasks, capacity, jobserver).run();
}

}  // namespace mtc::run
